"""WeightedEuclideanLoss: a distance in which directions count differently, for each item."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


@register_layer("WeightedEuclideanLoss")
class WeightedEuclideanLoss(Loss):
    """Half the squared distance as a precision matrix of each item measures it.

    bottom[0]  a: (N, C)     axes of length 1 behind
    bottom[1]  b: (N, C)
    bottom[2]  P: (N, C, C)  symmetric; no gradient is computed for it
    top[0]     loss: ()

    Proto: none.  Caffe: weighted_euclidean_loss_layer.cpp of cbfinn/caffe.
    """

    formula = "sum over n of d' P[n] d / (2 N), with d = a[n] - b[n]."
    gradient_formula = "da = P d * dloss / N,  db = -da;  none for P."

    exact_num_bottom_blobs = 3
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        num, size = bottom[0].shape[0], bottom[0].count(1)
        wanted = ((num, size), (num, size), (num, size, size))
        for index, (blob, shape) in enumerate(zip(bottom, wanted, strict=True)):
            ones = (1,) * (blob.num_axes - len(shape))
            if blob.shape != (*shape, *ones):
                raise self.error(
                    "the matrices do not fit the vectors",
                    expected=f"bottom[{index}] of shape {shape}, for bottom[0] of {size} values",
                    got=f"shape {blob.shape}",
                )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        difference = self._difference(bottom)
        self._weighed = self._times(bottom, difference)
        top[0].data[...] = np.vdot(difference, self._weighed) / max(len(difference), 1) / 2

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[2]:
            raise self.error(
                f"{self.type} Layer cannot backpropagate to the matrices, bottom[2].",
                fix="write `propagate_down: true propagate_down: true propagate_down: false`",
            )
        scale = float(top[0].diff[()]) / max(bottom[0].shape[0], 1)
        for blob, wanted, sign in zip(bottom[:2], propagate_down, (1, -1), strict=False):
            if wanted:
                np.multiply(self._weighed, sign * scale, out=blob.diff.reshape(self._weighed.shape))

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index < 2

    def _difference(self, bottom: Blobs) -> Array:
        shape = (bottom[0].shape[0], bottom[0].count(1))
        difference: Array = bottom[0].data.reshape(shape) - bottom[1].data.reshape(shape)
        return difference

    def _times(self, bottom: Blobs, vectors: Array) -> Array:
        num, size = vectors.shape
        weighed: Array = (bottom[2].data.reshape(num, size, size) @ vectors[:, :, None])[:, :, 0]
        return weighed

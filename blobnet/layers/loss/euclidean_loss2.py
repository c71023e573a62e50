"""EuclideanLoss2: EuclideanLoss, divided by a number that is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss


@register_layer("EuclideanLoss2")
class EuclideanLoss2(Loss):
    """Half the squared distance, averaged over the batch, in units of the distance of the eyes.

    bottom[0]  a: (N, ...)
    bottom[1]  b: (N, ...)  as many values per item as a
    bottom[2]  unit         its first value divides the loss
    top[0]     loss: ()

    Proto: none.  Caffe: euclidean_loss_layer.cpp of ZhiwenShao/JAANet.
    """

    formula = "sum((a - b)^2) / (2 N unit)"
    gradient_formula = "da = (a - b) * dloss / (N unit),  db = -da; the unit has none."

    exact_num_bottom_blobs = 3
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom[:2], top)
        self.check_same_sizes(bottom)
        if not bottom[2].count():
            raise self.error("there is no unit in bottom[2]", got=f"shape {bottom[2].shape}")

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        a, b, unit = (blob.data for blob in bottom)
        self._difference = a - b.reshape(a.shape)
        self._divisor = max(len(a), 1) * unit.reshape(-1)[0]
        squares = np.vdot(self._difference, self._difference)
        top[0].data[...] = np.divide(squares, 2 * self._divisor)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[2]:
            raise self.error(
                "EuclideanLoss2 Layer cannot backpropagate to the unit, bottom[2].",
                fix="write `propagate_down: true propagate_down: true propagate_down: false`",
            )
        scale = np.divide(top[0].diff[()], self._divisor)
        for blob, wanted, sign in zip(bottom[:2], propagate_down, (1, -1), strict=False):
            if wanted:
                np.multiply(self._difference.reshape(blob.shape), sign * scale, out=blob.diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index < 2

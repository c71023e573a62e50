"""EuclideanLoss: half the mean squared distance, for regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss


@register_layer("EuclideanLoss")
class EuclideanLoss(Loss):
    """Half the squared distance, averaged over the batch.

    bottom[0]  a: (N, ...)
    bottom[1]  b: (N, ...)  as many values per item as a
    top[0]     loss: ()     0 for an empty batch

    Proto: none.  Caffe: euclidean_loss_layer.cpp.
    """

    formula = "Half the squared distance, averaged over the batch: sum((a - b)^2) / (2 N)."
    gradient_formula = "da = (a - b) * dloss / N,  db = -da."

    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._difference = Blob(dtype=self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].shape != bottom[1].shape and bottom[0].count(1) != bottom[1].count(1):
            raise self.error(
                "Inputs must have the same dimension.",
                expected=f"{bottom[0].count(1)} values per item, as bottom[0] has",
                got=f"bottom[0] of shape {bottom[0].shape} and bottom[1] of {bottom[1].shape}",
            )
        self._difference.reshape_like(bottom[0])
        self._num = max(bottom[0].shape[0], 1)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        difference = self._difference.data
        b = bottom[1].data.reshape(difference.shape)
        np.subtract(bottom[0].data, b, out=difference)
        top[0].data[...] = np.vdot(difference, difference) / self._num / 2

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        scale = float(top[0].diff[()]) / self._num
        for blob, wanted, sign in zip(bottom, propagate_down, (1, -1), strict=True):
            if wanted:
                diff = blob.diff.reshape(self._difference.shape)
                np.multiply(self._difference.data, sign * scale, out=diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True  # neither bottom is a label

"""ManhattanLoss: the sum of absolute differences, with a gradient that has no jump at 0."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss

_EPSILON = 1e-3


@register_layer("ManhattanLoss")
class ManhattanLoss(Loss):
    """The sum of absolute differences, averaged over the batch.

    bottom[0]  a: (N, ...)
    bottom[1]  b: (N, ...)  as many values per item as a
    top[0]     loss: ()     0 for an empty batch

    Proto: none.  Caffe: manhattan_loss_layer.cpp of qxcv's fork, for qxcv/joint-regressor.
    """

    formula = "sum(|a - b|) / N."
    gradient_formula = "da = (a - b) / (|a - b| + 0.001) * dloss / N,  db = -da."

    exact_num_bottom_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._difference = Blob(dtype=self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self.check_same_sizes(bottom)
        self._difference.reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        difference = self._difference.data
        np.subtract(bottom[0].data, bottom[1].data.reshape(difference.shape), out=difference)
        top[0].data[...] = np.abs(difference).sum() / max(len(difference), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        difference = self._difference.data
        scale = float(top[0].diff[()]) / max(len(difference), 1)
        for blob, sign, is_wanted in zip(bottom, (1, -1), propagate_down, strict=True):
            if is_wanted:
                slope = difference / (np.abs(difference) + _EPSILON) * (sign * scale)
                blob.diff[...] = slope.reshape(blob.shape)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True

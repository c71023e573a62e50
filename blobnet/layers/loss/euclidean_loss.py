"""EuclideanLoss: half the mean squared distance, for regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss
from blobnet.proto import EuclideanLossParameter

_LEAST_ROOT = 1e-6
"""By no less is a gradient of a root divided."""


@register_layer("EuclideanLoss")
class EuclideanLoss(Loss):
    """Half the squared distance, averaged over the batch.

    bottom[0]  a: (N, ...)
    bottom[1]  b: (N, ...)  as many values per item as a
    bottom[2]  w: (N, ...)  optional, as many: a factor for each difference, as in the OpenCL branch
    top[0]     loss: ()     0 for an empty batch

    Where there is a `euclidean_loss_param` the layer is DeepLab's: the squares are averaged over
    all values of the batch, not its items, halved for `type` L2, and for L2sqrt the loss is the
    root of their mean. With w, too, all values of the batch are averaged over, and the gradient is
    that of the branch, w (a - b) / values: the derivative where w is 0 or 1.

    Proto: EuclideanLossParameter.  Caffe: euclidean_loss_layer.cpp, also that of DeepLab v1
    (TheLegendAli/DeepLab-Context) and of the OpenCL branch.
    """

    formula = "Half the squared distance, averaged over the batch: sum((a - b)^2) / (2 N)."
    gradient_formula = "da = (a - b) * dloss / N,  db = -da."

    exact_num_bottom_blobs = None
    min_bottom_blobs = 2
    max_bottom_blobs = 3
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._difference = Blob(dtype=self.dtype)
        self._is_root = self.layer_param_.euclidean_loss_param.type == EuclideanLossParameter.L2sqrt

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self.check_same_sizes(bottom)
        if len(bottom) > 2 and bottom[2].count() != bottom[0].count():
            raise self.error(
                "there must be a factor for each difference",
                expected=f"{bottom[0].count()} values, as bottom[0] has",
                got=f"bottom[2] of shape {bottom[2].shape}",
            )
        self._difference.reshape_like(bottom[0])
        of_values = self.layer_param_.HasField("euclidean_loss_param") or len(bottom) > 2
        self._num = max(int(bottom[0].count) if of_values else bottom[0].shape[0], 1)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        difference = self._difference.data
        b = bottom[1].data.reshape(difference.shape)
        np.subtract(bottom[0].data, b, out=difference)
        if len(bottom) > 2:
            np.multiply(difference, bottom[2].data.reshape(difference.shape), out=difference)
        self._loss = np.vdot(difference, difference) / self._num / 2
        if self._is_root:
            self._loss = np.sqrt(2 * self._loss)
        top[0].data[...] = self._loss

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        scale = float(top[0].diff[()]) / self._num
        if self._is_root:
            scale /= max(float(self._loss), _LEAST_ROOT)
        if any(propagate_down[2:]):
            raise self.error(
                "EuclideanLoss Layer cannot backpropagate to the factors, bottom[2].",
                fix="write `propagate_down: true propagate_down: true propagate_down: false`",
            )
        for blob, wanted, sign in zip(bottom[:2], propagate_down, (1, -1), strict=False):
            if wanted:
                diff = blob.diff.reshape(self._difference.shape)
                np.multiply(self._difference.data, sign * scale, out=diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index < 2  # neither is a label

"""HingeLoss: one class against all others, as support vector machines do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import ClassLabels, IndexArray, Loss
from blobnet.proto import HingeLossParameter


@register_layer("HingeLoss")
class HingeLoss(Loss):
    """By how much scores miss a margin of 1.

    bottom[0]  x: (N, ...)  all values of an item are scores, one for each class
    bottom[1]  labels: N whole numbers from 0
    top[0]     loss: ()     0 for an empty batch

    t is 1 for the label's score and -1 for all others; p is 1, or 2 for `norm: L2`. A score of
    NaN, which compares with nothing, misses by 0.

    Proto: HingeLossParameter.  Caffe: hinge_loss_layer.cpp.
    """

    formula = "By how much scores miss a margin of 1: sum(max(0, 1 - t * x) ** p) / N."
    gradient_formula = (
        "dx = -t * dloss / N where the margin is missed, else 0; for L2 that, times twice what "
        "is missed."
    )

    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._is_squared = self.layer_param_.hinge_loss_param.norm == HingeLossParameter.L2
        self._labels = ClassLabels()
        self._missed = Blob(dtype=self.dtype)  # these two: from the last forward
        self._true: IndexArray = np.empty((0, 0), np.intp)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self._num = bottom[0].shape[0]
        self._labels.reshape(self, (self._num, bottom[0].count(1)), bottom[1].shape, axis=1)
        self._missed.reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        classes, _ = self._labels.read(self, bottom[1].data)
        self._true = self._labels.positions(classes)
        missed = self._missed.data
        np.copyto(missed, bottom[0].data)
        missed.reshape(-1)[self._true] *= -1
        missed += 1
        np.fmax(missed, 0, out=missed)
        total = np.vdot(missed, missed) if self._is_squared else missed.sum()
        top[0].data[...] = total / max(self._num, 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if not propagate_down[0]:
            return
        missed, diff = self._missed.data, bottom[0].diff
        scale = float(top[0].diff[()]) / max(self._num, 1)
        if self._is_squared:
            np.multiply(missed, 2 * scale, out=diff)
        else:
            np.sign(missed, out=diff)
            diff *= scale
        diff.reshape(-1)[self._true] *= -1

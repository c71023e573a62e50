"""MultinomialLogisticLoss: the loss for choosing one of several classes, from probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import LOG_THRESHOLD, ClassLabels, IndexArray, Loss
from blobnet.types import Array


@register_layer("MultinomialLogisticLoss")
class MultinomialLogisticLoss(Loss):
    """Minus the logarithm of the true class's probability.

    bottom[0]  p: (N, ...)  all values of an item are probabilities, one for each class
    bottom[1]  labels: N whole numbers from 0
    top[0]     loss: ()     0 for an empty batch

    No probability counts as less than 1e-20. For scores, SoftmaxWithLoss does the same with
    more precision.

    Proto: none.  Caffe: multinomial_logistic_loss_layer.cpp.
    """

    formula = "Minus the logarithm of the true class's probability: sum(-log(p[label])) / N."
    gradient_formula = "dp[label] = -dloss / (N * p[label]), 0 for all other classes."

    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._labels = ClassLabels()
        self._true: IndexArray = np.empty((0, 0), np.intp)  # from the last forward

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self._num = bottom[0].shape[0]
        self._labels.reshape(self, (self._num, bottom[0].count(1)), bottom[1].shape, axis=1)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        classes, _ = self._labels.read(self, bottom[1].data)
        self._true = self._labels.positions(classes)
        losses = -np.log(self._true_probabilities(bottom))
        top[0].data[...] = losses.sum() / max(self._num, 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if not propagate_down[0]:
            return
        diff = bottom[0].diff
        scale = float(top[0].diff[()]) / max(self._num, 1)
        diff[...] = 0
        diff.reshape(-1)[self._true] = -scale / self._true_probabilities(bottom)

    def _true_probabilities(self, bottom: Blobs) -> Array:
        return np.maximum(bottom[0].data.take(self._true), LOG_THRESHOLD)

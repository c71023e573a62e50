"""WeightedSoftmaxWithLoss: the softmax loss of items that do not count alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import ClassLabels, Loss, divisor
from blobnet.ops.softmax import softmax
from blobnet.types import Array

FLT_MIN = float(np.finfo(np.float32).tiny)
"""No probability counts as less, as in SoftmaxWithLoss."""
_COUNTS_FROM = 1e-12
"""An item of a smaller weight is not among those that the loss is divided by."""


@register_layer("WeightedSoftmaxWithLoss")
class WeightedSoftmaxWithLoss(Loss):
    """Minus the logarithm of the true class's probability, times the weight of the item.

    bottom[0]  x: scores, any range; the classes are `softmax_param.axis` (1 unless stated)
    bottom[1]  labels: whole numbers from 0, as many as x has items without the class axis
    bottom[2]  weights: (N, ...)  of which the first N count, N being the items before that axis
    top[0]     loss: ()

    The divisor is SoftmaxWithLoss's, but VALID counts only labels of items that weigh more than
    1e-12. A label that is `ignore_label` loses nothing.

    Proto: LossParameter, SoftmaxParameter.  Caffe: weighted_softmax_loss_layer.cpp of oicr
    (ppengtang), as LSTD (haochen-rye) has it.  Paper: Tang et al., "Multiple Instance Detection
    Network with Online Instance Classifier Refinement", CVPR 2017.
    """

    formula = "sum(-w log(p[label])) / divisor, with p = softmax(x)."
    gradient_formula = "dx = w (p - onehot(label)) * dloss / divisor; 0 where a label is ignored."

    exact_num_bottom_blobs = 3
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.loss_param
        self._mode = self.normalization()
        self._labels = ClassLabels(param.ignore_label if param.HasField("ignore_label") else None)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self._axis = bottom[0].canonical_axis(self.layer_param_.softmax_param.axis)
        self._labels.reshape(self, bottom[0].shape, bottom[1].shape, self._axis)
        outer, shape = self._labels.outer, bottom[2].shape
        if (shape[0] if shape else 1) != outer:
            raise self.error(
                "there must be a weight for each item",
                expected=f"bottom[2] of shape ({outer}, ...)",
                got=f"shape {shape}",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        labels = self._labels
        classes, ignored = labels.read(self, bottom[1].data)
        prob = np.empty_like(bottom[0].data)
        softmax(bottom[0].data, self._axis, out=prob)
        weights = np.empty((labels.outer, labels.inner), self.dtype)
        weights[...] = bottom[2].data.reshape(-1)[: labels.outer, None]
        if ignored is not None:
            weights[ignored] = 0
        self._prob, self._weights = prob, weights
        self._true = labels.positions(classes)
        losses = weights * -np.log(np.maximum(prob.take(self._true), FLT_MIN))
        valid = int((weights > _COUNTS_FROM).sum())
        fixed = self.layer_param_.loss_param.pre_fixed_normalizer
        self._divisor = divisor(
            self._mode, outer=labels.outer, inner=labels.inner, valid=valid, fixed=fixed
        )
        top[0].data[...] = losses.sum() / self._divisor

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient((False, any(propagate_down[1:])))
        if not propagate_down[0]:
            return
        diff = bottom[0].diff
        np.copyto(diff, self._prob)
        diff.reshape(-1)[self._true] -= 1
        labels = self._labels
        items: Array = diff.reshape(labels.outer, labels.num_classes, labels.inner)
        items *= self._weights[:, None]
        diff *= float(top[0].diff[()]) / self._divisor

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

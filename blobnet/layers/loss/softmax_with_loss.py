"""SoftmaxWithLoss: the usual loss for choosing one of several classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._class_weights import ClassWeights
from blobnet.layers.loss._loss import (
    ClassLabels,
    IndexArray,
    Loss,
    Mask,
    add_gradient_of_probabilities,
    divisor,
)
from blobnet.layers.loss._softmax_of_forks import softmax_of_fork
from blobnet.ops.softmax import softmax
from blobnet.types import Array

FLT_MIN = float(np.finfo(np.float32).tiny)
"""No probability counts as less, so no item loses more than -log(FLT_MIN) = 87.3365."""


@register_layer("SoftmaxWithLoss", "SoftmaxLoss")
class SoftmaxWithLoss(Loss):
    """Minus the logarithm of the true class's probability, from scores.

    bottom[0]  x: scores, any range; the classes are `softmax_param.axis` (1 unless stated)
    bottom[1]  labels: whole numbers from 0, as many as x has items without the class axis
    bottom[2]  weights: as many (optional, of forks)
    top[0]     loss: ()
    top[1]     p: softmax of x (optional)

    The divisor is at least 1: the number of labels that are not `ignore_label` (VALID, unless
    stated), of all labels (FULL), the batch size (BATCH_SIZE), 1 (NONE), or what
    `pre_fixed_normalizer` says (PRE_FIXED).

    With `weight_by_label_freqs`, of SegNet and ENet, what an item loses counts as often as one
    number of `class_weighting` for each class says; the divisor stays. What else forks add, a
    third bottom too, is in `_softmax_of_forks.py`.

    Proto: LossParameter, SoftmaxParameter, SoftmaxLossParameter.  Caffe: softmax_loss_layer.cpp.
    """

    formula = "Minus the logarithm of the true class's probability: sum(-log(p[label])) / divisor."
    gradient_formula = (
        "dx = (p - onehot(label)) * dloss / divisor; 0 where the label is ignored; and that of "
        "Softmax where a layer above gives p one."
    )

    exact_num_bottom_blobs: ClassVar[int | None] = None
    min_bottom_blobs: ClassVar[int | None] = 2
    max_bottom_blobs: ClassVar[int | None] = 3
    exact_num_top_blobs = None
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.loss_param
        self._mode, self._fixed = self.normalization(), param.pre_fixed_normalizer
        self._labels = ClassLabels(param.ignore_label if param.HasField("ignore_label") else None)
        self._fork = softmax_of_fork(self, bottom, self._mode)  # None for Caffe's own
        self._class_weights = ClassWeights(param, self.dtype)
        if self._fork is not None and param.weight_by_label_freqs:
            raise self.error("weight_by_label_freqs is of another fork than the other settings")
        self._prob = Blob(dtype=self.dtype)  # where no second top holds the probabilities
        self._true: IndexArray = np.empty((0, 0), np.intp)  # these three: from the last forward
        self._ignored: Mask | None = None
        self._losses: Array = np.zeros((0, 0), self.dtype)
        self._divisor = 1.0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self._axis = bottom[0].canonical_axis(self.layer_param_.softmax_param.axis)
        self._labels.reshape(self, bottom[0].shape, bottom[1].shape, self._axis)
        self._class_weights.check(self, self._labels.num_classes)
        self._prob_blob(top).reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        labels, prob = self._labels, self._prob_blob(top).data
        if self._fork is not None:
            top[0].data[...] = self._fork.forward(bottom, labels, self._axis, prob)
            return
        classes, ignored = labels.read(self, bottom[1].data)
        softmax(bottom[0].data, self._axis, out=prob)
        self._true, self._ignored = labels.positions(classes), ignored
        log_likelihood = prob.take(self._true)
        np.maximum(log_likelihood, FLT_MIN, out=log_likelihood)
        np.log(log_likelihood, out=log_likelihood)
        valid = classes.size
        if ignored is not None:
            log_likelihood[ignored] = 0
            valid -= int(np.count_nonzero(ignored))
        self._class_weights.weigh(log_likelihood, classes)
        self._divisor = divisor(
            self._mode, outer=labels.outer, inner=labels.inner, valid=valid, fixed=self._fixed
        )
        self._losses = np.negative(log_likelihood, out=log_likelihood)
        top[0].data[...] = self._losses.sum() / self._divisor

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient((False, any(propagate_down[1:])))
        if not propagate_down[0]:
            return
        prob, diff = self._prob_blob(top).data, bottom[0].diff
        if self._fork is not None:
            self._fork.backward(prob, float(top[0].diff[()]), out=diff)
            add_gradient_of_probabilities(top, self._axis, diff)
            return
        scale = float(top[0].diff[()]) / self._divisor
        np.multiply(prob, scale, out=diff)
        diff.reshape(-1)[self._true] = (prob.take(self._true) - 1) * scale
        self._class_weights.weigh_again(diff)
        if self._ignored is not None:
            items = diff.reshape(self._labels.outer, -1, self._labels.inner)
            np.copyto(items, 0, where=self._ignored[:, None])
        add_gradient_of_probabilities(top, self._axis, bottom[0].diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _prob_blob(self, top: Blobs) -> Blob:
        return top[1] if len(top) > 1 else self._prob

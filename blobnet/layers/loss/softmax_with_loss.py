"""SoftmaxWithLoss: the usual loss for choosing one of several classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import (
    ClassLabels,
    IndexArray,
    Loss,
    Mask,
    add_gradient_of_probabilities,
    divisor,
)
from blobnet.layers.loss._softmax_of_forks import reshape_losses, softmax_of_fork, write_losses
from blobnet.layers.loss._softmax_of_several import softmax_of_several
from blobnet.ops.softmax import softmax

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
    top[2]     losses: as the labels, 0 where they are ignored; not divided (optional, of R-FCN)

    The divisor is at least 1: the number of labels that are not `ignore_label` (VALID, unless
    stated), of all (FULL), the batch size (BATCH_SIZE), `pre_fixed_normalizer` (PRE_FIXED), 1
    (NONE). What forks add is in `_softmax_of_forks.py`, rows of labels in `_softmax_of_several.py`.

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
    max_top_blobs = 3
    backward_reads_bottom = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.loss_param
        self._mode, self._fixed = self.normalization(), param.pre_fixed_normalizer
        self._labels = ClassLabels(param.ignore_label if param.HasField("ignore_label") else None)
        self._fork = softmax_of_fork(self, bottom, self._mode)  # None for Caffe's own
        self._prob = Blob(dtype=self.dtype)  # where no second top holds the probabilities
        self._true: IndexArray = np.empty((0, 0), np.intp)  # these three: from the last forward
        self._ignored: Mask | None = None
        self._divisor = 1.0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self._axis = bottom[0].canonical_axis(self.layer_param_.softmax_param.axis)
        self._prob_blob(top).reshape_like(bottom[0])
        self._other = self._fork or softmax_of_several(self, bottom, top, self._axis, self._mode)
        if self._other is self._fork:
            self._labels.reshape(self, bottom[0].shape, bottom[1].shape, self._axis)
            reshape_losses(self, bottom, top, self._fork)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        labels, prob = self._labels, self._prob_blob(top).data
        if self._other is not None:
            top[0].data[...] = self._other.forward(bottom, labels, self._axis, prob)
            return
        classes, ignored = labels.read(self, bottom[1].data)
        softmax(bottom[0].data, self._axis, out=prob)
        self._true, self._ignored = labels.positions(classes), ignored
        log_likelihood = prob.take(self._true)
        np.maximum(log_likelihood, FLT_MIN, out=log_likelihood)
        np.log(log_likelihood, out=log_likelihood)
        if ignored is not None:
            log_likelihood[ignored] = 0
        valid = classes.size - (0 if ignored is None else int(np.count_nonzero(ignored)))
        self._divisor = divisor(
            self._mode, outer=labels.outer, inner=labels.inner, valid=valid, fixed=self._fixed
        )
        top[0].data[...] = -log_likelihood.sum() / self._divisor
        write_losses(top, log_likelihood)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient((False, any(propagate_down[1:])))
        if not propagate_down[0]:
            return
        prob, diff = self._prob_blob(top).data, bottom[0].diff
        if self._other is not None:
            self._other.backward(prob, float(top[0].diff[()]), out=diff)
            add_gradient_of_probabilities(top, self._axis, diff)
            return
        scale = float(top[0].diff[()]) / self._divisor
        np.multiply(prob, scale, out=diff)
        diff.reshape(-1)[self._true] = (prob.take(self._true) - 1) * scale
        if self._ignored is not None:
            items = diff.reshape(self._labels.outer, -1, self._labels.inner)
            np.copyto(items, 0, where=self._ignored[:, None])
        add_gradient_of_probabilities(top, self._axis, bottom[0].diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _prob_blob(self, top: Blobs) -> Blob:
        return top[1] if len(top) > 1 else self._prob

"""SigmoidCrossEntropyLoss: the loss for answering yes or no to each of several questions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss, Mask, divisor
from blobnet.ops.sigmoid import sigmoid
from blobnet.ops.workspace import scratch
from blobnet.proto import LossParameter
from blobnet.types import Array


@register_layer("SigmoidCrossEntropyLoss")
class SigmoidCrossEntropyLoss(Loss):
    """Cross entropy of sigmoid(x) and targets.

    bottom[0]  x: (N, ...)  scores, any range; p = sigmoid(x)
    bottom[1]  t: (N, ...)  targets from 0 to 1, as many as scores
    bottom[2]  w: (N, ...)  weights, as many (optional, of MNC)
    top[0]     loss: ()

    The divisor is at least 1: the batch size (BATCH_SIZE, unless stated), the number of targets
    (FULL), of those that are not `ignore_label` (VALID), 1 (NONE) or what `pre_fixed_normalizer`
    says (PRE_FIXED). Targets are compared with
    `ignore_label` without their fraction. With weights the divisor is their sum, without those of
    ignored targets; where that is 0 or less, there is no loss.

    Proto: LossParameter.  Caffe: sigmoid_cross_entropy_loss_layer.cpp, also of caffe-mnc.
    """

    formula = (
        "Cross entropy of sigmoid(x) and targets: sum(-t log(p) - (1 - t) log(1 - p)) / divisor; "
        "with weights each term by its own."
    )
    gradient_formula = "dx = w (p - t) * dloss / divisor; 0 where the target is ignored."

    exact_num_bottom_blobs: ClassVar[int | None] = None
    min_bottom_blobs: ClassVar[int | None] = 2
    max_bottom_blobs: ClassVar[int | None] = 3
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.loss_param
        self._mode = self.normalization(default=LossParameter.BATCH_SIZE)
        self._ignore_label = param.ignore_label if param.HasField("ignore_label") else None
        stated = [name for name in ("normalization", "normalize") if param.HasField(name)]
        if len(bottom) > 2 and stated:
            raise self.error(
                f"with weights loss_param {{ {stated[0]} }} has no meaning",
                expected="the sum of the weights as divisor, as in MNC's fork",
                fix=f"remove {stated[0]}, or bottom[2]",
            )
        self._ignored: Mask | None = None  # these two: from the last forward
        self._divisor = 1.0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].count != bottom[1].count:
            raise self.error(
                "SIGMOID_CROSS_ENTROPY_LOSS layer inputs must have the same count.",
                expected=f"{int(bottom[0].count)} targets, one for each score",
                got=f"bottom[0] of shape {bottom[0].shape} and bottom[1] of {bottom[1].shape}",
            )

        if len(bottom) > 2 and bottom[2].count != bottom[0].count:
            raise self.error(
                "SIGMOID_CROSS_ENTROPY_LOSS layer weight must be the same count",
                expected=f"{int(bottom[0].count)} weights, one for each score",
                got=f"bottom[0] of shape {bottom[0].shape} and bottom[2] of {bottom[2].shape}",
            )

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        target = bottom[1].data.reshape(x.shape)
        losses, valid = self._losses(x, target), x.size
        self._ignored = self._find_ignored(target)
        if self._ignored is not None:
            losses[self._ignored] = 0
            valid -= int(np.count_nonzero(self._ignored))
        if len(bottom) > 2:
            self._divisor = self._weigh(losses, bottom[2].data.reshape(x.shape))
        else:
            outer, inner = bottom[0].shape[0], bottom[0].count(1)
            fixed = self.layer_param_.loss_param.pre_fixed_normalizer
            self._divisor = divisor(self._mode, outer=outer, inner=inner, valid=valid, fixed=fixed)
        top[0].data[...] = losses.sum() / self._divisor

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if len(bottom) > 2 and propagate_down[2]:
            raise self.error(
                f"{self.type} Layer cannot backpropagate to weights.",
                fix="write `propagate_down` three times in this layer: true, false, false",
            )
        if not propagate_down[0]:
            return
        diff = bottom[0].diff
        sigmoid(bottom[0].data, out=diff)
        diff -= bottom[1].data.reshape(diff.shape)
        diff *= float(top[0].diff[()]) / self._divisor
        if len(bottom) > 2:
            diff *= bottom[2].data.reshape(diff.shape)
        if self._ignored is not None:
            diff[self._ignored] = 0

    def _losses(self, x: Array, target: Array) -> Array:
        """log(1 + exp(x)) - target * x, in a form that does not overflow."""
        losses = scratch("losses", x.shape, self.dtype)
        linear = scratch("linear part of losses", x.shape, self.dtype)
        np.abs(x, out=losses)
        np.negative(losses, out=losses)
        np.exp(losses, out=losses)
        np.log1p(losses, out=losses)
        np.subtract(x >= 0, target, out=linear)
        linear *= x
        losses += linear
        return losses

    def _weigh(self, losses: Array, weights: Array) -> float:
        """Multiply losses by their weights; return the divisor."""
        losses *= weights
        total = float(weights.sum())
        if self._ignored is not None:
            total -= float(weights[self._ignored].sum())
        return total if total > 0 else math.inf

    def _find_ignored(self, target: Array) -> Mask | None:
        if self._ignore_label is None:
            return None
        ignored: Mask = np.trunc(target) == self._ignore_label
        return ignored if ignored.any() else None

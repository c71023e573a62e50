"""SigmoidCrossEntropyBalanceLoss: yes or no at each pixel, where one of both is rare."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss.sigmoid_cross_entropy_loss import SigmoidCrossEntropyLoss
from blobnet.ops.sigmoid import sigmoid
from blobnet.types import Array


@register_layer("SigmoidCrossEntropyBalanceLoss")
class SigmoidCrossEntropyBalanceLoss(SigmoidCrossEntropyLoss):
    """Cross entropy of sigmoid(x) and targets, edges and what is none weighing the same.

    bottom[0]  x: (N, ...)  scores, any range; p = sigmoid(x)
    bottom[1]  t: (N, ...)  targets 0 or 1, as many as scores
    top[0]     loss: ()

    In each item a 1 weighs as much as the share of 0 among its zeros and ones, and a 0 as much as
    the share of 1. Other targets do not count in the loss, but in the gradient, with 1, as in the
    fork. Of an item with zeros alone, or ones alone, nothing is left.

    loss_param has no effect. HED means this by SigmoidCrossEntropyLoss: its nets learn with it
    where they name this type instead.

    Proto: none.  Caffe: sigmoid_cross_entropy_balance_loss_layer.cpp of OSVOS;
    sigmoid_cross_entropy_loss_layer.cpp of HED.
    """

    formula = (
        "sum(-w t log(p) - w (1 - t) log(1 - p)) / N; w is the share of the other target in "
        "its item."
    )
    gradient_formula = "dx = w (p - t) * dloss / N."

    exact_num_bottom_blobs = 2
    min_bottom_blobs = max_bottom_blobs = None
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: loss_param has no effect."""

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        target = bottom[1].data.reshape(x.shape)
        losses = self._losses(x, target)
        losses *= self._weights(target, others=0)
        top[0].data[...] = losses.sum() / max(1, x.shape[0])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if not propagate_down[0]:
            return
        diff = bottom[0].diff
        target = bottom[1].data.reshape(diff.shape)
        sigmoid(bottom[0].data, out=diff)
        diff -= target
        diff *= self._weights(target, others=1)
        diff *= float(top[0].diff[()]) / max(1, diff.shape[0])

    def _weights(self, target: Array, others: int) -> Array:
        """The weight of each target; `others` is that of what is neither 0 nor 1."""
        axes = tuple(range(1, target.ndim))
        ones, zeros = target == 1, target == 0
        count = [np.count_nonzero(found, axis=axes, keepdims=True) for found in (ones, zeros)]
        share = count[0] / np.maximum(1, count[0] + count[1])
        weights: Array = np.where(ones, 1 - share, np.where(zeros, share, others))
        return weights.astype(self.dtype)

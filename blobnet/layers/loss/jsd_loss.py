"""JSDLoss and RSJSDLoss: how far two distributions are from their mean (Jensen and Shannon)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array

_NOTHING = 0.00001
"""A probability up to this is taken for 0."""


@register_layer("JSDLoss")
class JSDLoss(Loss):
    """Twice the Jensen-Shannon divergence of each item from its truth, halved, over the batch.

    bottom[0]  p: (N, ...)  probabilities
    bottom[1]  t: (N, ...)  as many values per item
    top[0]     loss: ()     0 for an empty batch

    With d(p, t) = p log(2 p) + t log(2 t) - (p + t) log(p + t) for each value, which is t log(2)
    where p is at most 0.00001, and else p log(2) where t is. (So their gradients are: where t is
    that small log(2) / 2, and else that of d, -infinity for a p of 0.)

    Proto: none.  Caffe: jsd_loss_layer.cpp of BestiVictory/CJS-CNN.
    """

    formula = "sum of d(p, t) / (2 N)."
    gradient_formula = "dp = log(2 p / (p + t)) * dloss / (2 N)."

    exact_num_bottom_blobs = 2
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self.check_same_sizes(bottom)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        p, t = self.rows(bottom)
        top[0].data[...] = divergence(p, t).sum() / (2 * max(len(p), 1))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            p, t = self.rows(bottom)
            slope = divergence_gradient(p, t) * (float(top[0].diff[()]) / (2 * max(len(p), 1)))
            bottom[0].diff[...] = slope.reshape(bottom[0].shape)

    @staticmethod
    def rows(bottom: Blobs) -> tuple[Array, Array]:
        """Both, an item in each row."""
        size = bottom[0].count(1)
        p, t = (blob.data.reshape(len(blob.data), size) for blob in bottom)
        return p, t


def divergence(p: Array, t: Array) -> Array:
    """d(p, t) of each value."""
    without_p, without_t = p <= _NOTHING, t <= _NOTHING
    has_both = ~(without_p | without_t)
    p_, t_ = (np.where(has_both, values, 1) for values in (p, t))
    both = p_ * np.log(2 * p_) + t_ * np.log(2 * t_) - (p_ + t_) * np.log(p_ + t_)
    result: Array = np.where(has_both, both, np.where(without_p, t, p) * np.log(2))
    return result


def divergence_gradient(p: Array, t: Array) -> Array:
    """The derivative of d(p, t) by p, as the fork has it."""
    has_t = t > _NOTHING
    share = np.where(has_t, p / np.where(has_t, p + t, 1), 1)
    result: Array = np.log(2 * share)
    return result

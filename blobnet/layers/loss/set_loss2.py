"""SetLoss2: the classes of a batch are to have means that are far from each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


@register_layer("SetLoss2")
class SetLoss2(Loss):
    """How much nearer than `alpha` the means of any two classes are, a quarter of their squares.

    bottom[0]  x: (N, ...)  items in blocks of one class, all of them as long as the first
    bottom[1]  labels: (N, ...)  the first number of each item; where the first of another kind
                                 comes, the first block ends, and nothing else of them counts
    top[0]     loss: ()     0 where there is but one class

    Proto: SetLoss2Parameter.  Caffe: set_loss2_layer.cpp of liu-xb/GGL.
    """

    formula = (
        "The mean over pairs of the C classes of max(alpha - |m_i - m_j|^2 / 4, 0), m_i being the "
        "mean of x over the items of class i."
    )
    gradient_formula = (
        "For an item of class i, of n items: dx = -sum over the j that are too near of (m_i - m_j) "
        "* dloss / (C (C - 1) n)."
    )

    backward_reads_bottom = False
    backward_reads_top = False

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        means = self._means(bottom)
        classes, alpha = len(means), self.layer_param_.set_loss2_param.alpha
        difference = means[:, None] - means
        short = alpha - 0.25 * np.square(difference).sum(axis=2)
        is_near = (short > 0) & ~np.eye(classes, dtype=bool)
        pairs = max(classes * (classes - 1), 1)
        top[0].data[...] = short[is_near].sum() / pairs  # each pair is in it twice
        self._slope = (difference * is_near[..., None]).sum(axis=1) / (pairs * self._size)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            slope = np.repeat(self._slope, self._size, axis=0) * -float(top[0].diff[()])
            bottom[0].diff[...] = slope.reshape(bottom[0].shape)

    def _means(self, bottom: Blobs) -> Array:
        """The mean of each block, (C, values of an item)."""
        x = bottom[0].data.reshape(len(bottom[0].data), bottom[0].count(1))
        labels = bottom[1].data.reshape(-1)[: len(x)]
        if len(labels) < len(x):
            raise self.error(
                "there must be a label for each item", expected=len(x), got=len(labels)
            )
        others = np.flatnonzero(labels != labels[:1])
        self._size = int(others[0]) if others.size else max(len(x), 1)
        if len(x) % self._size:
            raise self.error(
                "all classes must have as many items as the first",
                expected=f"a multiple of {self._size} items",
                got=len(x),
            )
        means: Array = x.reshape(len(x) // self._size, self._size, x.shape[1]).mean(axis=1)
        return means

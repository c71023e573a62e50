"""RSJSDLoss: the Jensen-Shannon divergence of ten values, by how reliable their truth is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss.jsd_loss import JSDLoss, divergence, divergence_gradient
from blobnet.types import Array

_SIZE = 10
"""So many values an item must have."""


@register_layer("RSJSDLoss")
class RSJSDLoss(JSDLoss):
    """JSDLoss of items that do not count alike: the tenth true value is the weight of its item.

    bottom[0]  p: (N, ...)  10 probabilities per item
    bottom[1]  t: (N, ...)  9 true ones, then w; the tenth true one counts as 1
    top[0]     loss: ()     0 for an empty batch

    Proto: none.  Caffe: rsjsd_loss_layer.cpp of BestiVictory/CJS-CNN.  Paper: Jin et al.,
    "Predicting Aesthetic Score Distribution through Cumulative Jensen-Shannon Divergence", AAAI
    2018.
    """

    formula = "sum of w d(p, t) / (2 N), d as in JSDLoss."
    gradient_formula = (
        "dp = log(2 p / (p + t)) * dloss * w / (2 sum of w): N / sum of w times the derivative."
    )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].count(1) != _SIZE:
            raise self.error(
                f"an item must have {_SIZE} values", got=f"bottom[0] of shape {bottom[0].shape}"
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        p, t, weights = self._weighted(bottom)
        top[0].data[...] = (divergence(p, t) * weights).sum() / (2 * max(len(p), 1))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            p, t, weights = self._weighted(bottom)
            share = weights / weights.sum() if len(weights) else weights
            slope = divergence_gradient(p, t) * (share * (float(top[0].diff[()]) / 2))
            bottom[0].diff[...] = slope.reshape(bottom[0].shape)

    def _weighted(self, bottom: Blobs) -> tuple[Array, Array, Array]:
        p, t = self.rows(bottom)
        weights = t[:, -1:].copy()
        t = np.concatenate([t[:, :-1], np.ones_like(weights)], axis=1)
        return p, t, weights

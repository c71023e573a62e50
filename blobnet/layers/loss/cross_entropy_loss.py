"""CrossEntropyLoss: probabilities against what is true of each by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss

_LEAST = 1e-5
"""No probability counts as less."""


@register_layer("CrossEntropyLoss")
class CrossEntropyLoss(Loss):
    """Two-sided logistic loss of probabilities, averaged over all of them.

    bottom[0]  p: (N, ...)  probabilities
    bottom[1]  t: (N, ...)  as many values: 0, 1, or what lies between
    top[0]     loss: ()

    A loss below 0 of a single value, by targets beyond 0 and 1, is an error.

    Proto: none.  Caffe: cross_entropy_loss_layer.cpp of s-gupta/caffe, branch mil.
    """

    formula = "-mean(t log max(p, 1e-5) + (1 - t) log max(1 - p, 1e-5))."
    gradient_formula = (
        "dp = (-t / max(p, 1e-5) + (1 - t) / max(1 - p, 1e-5)) * dloss / count;  none for t."
    )

    exact_num_bottom_blobs = 2
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].count() != bottom[1].count():
            raise self.error(
                "there must be a target for each probability",
                expected=f"{bottom[0].count()} values, as bottom[0] has",
                got=f"bottom[1] of shape {bottom[1].shape}",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        p = bottom[0].data.reshape(-1)
        t = bottom[1].data.reshape(-1)
        of_true = np.where(t != 0, -t * np.log(np.maximum(p, _LEAST)), 0)
        of_false = np.where(t != 1, -(1 - t) * np.log(np.maximum(1 - p, _LEAST)), 0)
        last = np.where(t != 1, of_false, of_true)
        wrong = np.flatnonzero(~(last >= 0))
        if wrong.size:
            raise self.error(
                "loss is not >= 0",
                expected="targets from 0 to 1, and probabilities",
                got=f"target {t[wrong[0]]:g} for probability {p[wrong[0]]:g}",
            )
        top[0].data[...] = (of_true + of_false).sum() / max(p.size, 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if propagate_down[0]:
            p = bottom[0].data
            t = bottom[1].data.reshape(p.shape)
            slope = (1 - t) / np.maximum(1 - p, _LEAST) - t / np.maximum(p, _LEAST)
            np.multiply(slope, float(top[0].diff[()]) / max(p.size, 1), out=bottom[0].diff)

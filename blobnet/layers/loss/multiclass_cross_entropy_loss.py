"""MulticlassCrossEntropyLoss: yes or no for every class, from probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array

_LEAST = 1e-10
"""No probability counts as less, nor as less than that far from 1 (in float32, 1 stays 1)."""


@register_layer("MulticlassCrossEntropyLoss")
class MulticlassCrossEntropyLoss(Loss):
    """Cross entropy of probabilities and what is true, for each class by itself.

    bottom[0]  p: (N, C, ...)  cut to 1e-10 and 1 - 1e-10
    bottom[1]  t: (N, ...)     as many, 0 or 1; a term that t multiplies by 0 is 0
    top[0]     loss: ()

    Proto: none.  Caffe: multi_class_cross_entropy_loss_layer.cpp of oicr (ppengtang), as LSTD
    (haochen-rye) has it.
    """

    formula = "sum(-t log(p) - (1 - t) log(1 - p)) / N."
    gradient_formula = "dp = ((1 - t) / (1 - p) - t / p) * dloss / (N C): C times too small."

    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].count() != bottom[1].count():
            raise self.error(
                "there must be a truth for each probability",
                expected=f"{int(bottom[0].count())} values in bottom[1]",
                got=f"{int(bottom[1].count())} (shape {bottom[1].shape})",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        p, t = self._cut(bottom)
        yes = t * np.log(np.where(t == 0, 1, p))
        no = (1 - t) * np.log(np.where(t == 1, 1, 1 - p))
        top[0].data[...] = -(yes + no).sum() / max(len(p), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        self.refuse_label_gradient(propagate_down)
        if not propagate_down[0]:
            return
        p, t = self._cut(bottom)
        no = (1 - t) / np.where(t == 1, 1, 1 - p)
        yes = t / np.where(t == 0, 1, p)
        channels = bottom[0].shape[1] if bottom[0].num_axes > 1 else 1
        scale = float(top[0].diff[()]) / max(len(p) * channels, 1)
        bottom[0].diff[...] = (no - yes) * scale

    @staticmethod
    def _cut(bottom: Blobs) -> tuple[Array, Array]:
        p = bottom[0].data
        return np.clip(p, _LEAST, 1 - _LEAST).astype(p.dtype), bottom[1].data.reshape(p.shape)

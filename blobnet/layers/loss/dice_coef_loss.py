"""DiceCoefLoss: how little two maps overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


@register_layer("DiceCoefLoss")
class DiceCoefLoss(Loss):
    """One minus the Dice coefficient of each item, on average.

    bottom[0]  a: (N, ...)
    bottom[1]  b: (N, ...)  as many values per item as a
    top[0]     loss: ()     1 for an empty batch

    `smooth`, 1 unless stated, keeps empty maps from dividing by 0.

    Proto: DiceCoefLossParameter.  Caffe: dice_coef_loss_layer.cpp of ZhiwenShao/JAANet; EAST for
    Caffe (SURFZJY/EAST-caffe) uses it.
    Paper: Milletari et al., "V-Net", 3DV 2016.
    """

    formula = "1 - mean of (2 sum(a b) + smooth) / (sum(a^2) + sum(b^2) + smooth)."
    gradient_formula = (
        "da = 2 (dice * a - b) / (sum(a^2) + sum(b^2) + smooth) * dloss, db likewise: as in the "
        "fork N times the derivative."
    )

    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._smooth = self.layer_param_.dice_coef_loss_param.smooth

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self.check_same_sizes(bottom)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        dice, _ = self._dice(bottom)
        top[0].data[...] = 1 - dice.sum() / max(len(dice), 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dice, total = self._dice(bottom)
        scale = 2 * float(top[0].diff[()]) / total[:, None]
        rows = [_rows(blob.data) for blob in bottom]
        for index, (blob, wanted) in enumerate(zip(bottom, propagate_down, strict=True)):
            if wanted:
                change = dice[:, None] * rows[index] - rows[1 - index]
                np.multiply(change, scale, out=_rows(blob.diff))

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True  # neither bottom is a label

    def _dice(self, bottom: Blobs) -> tuple[Array, Array]:
        """Each item's coefficient, and what it is divided by."""
        a, b = (_rows(blob.data) for blob in bottom)
        total = np.einsum("nd,nd->n", a, a) + np.einsum("nd,nd->n", b, b) + self._smooth
        return (2 * np.einsum("nd,nd->n", a, b) + self._smooth) / total, total


def _rows(array: Array) -> Array:
    rows: Array = array.reshape(len(array), math.prod(array.shape[1:]))
    return rows

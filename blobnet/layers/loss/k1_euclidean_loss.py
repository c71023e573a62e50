"""K1_EuclideanLoss: values far from one half, as bits are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.loss._loss import Loss


@register_layer("K1_EuclideanLoss")
class K1_EuclideanLoss(Loss):  # noqa: N801 - the type's name
    """Less the farther values are from 0.5.

    bottom[0]  x: any shape
    bottom[1]  x again: of the same shape; not read
    top[0]     loss: ()

    Both bottoms get the gradient where it is asked for, as in the fork; its nets ask for it once.

    Proto: none.  Caffe: K1_euclidean_loss_layer.cpp of kevinlin311tw/Caffe-DeepBinaryCode.
    """

    formula = "-sum((x - 0.5)^2) / (2 values)."
    gradient_formula = "dx = -(x - 0.5) * dloss / values, for each bottom."

    backward_reads_top = False
    _sign: ClassVar[int] = -1

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].shape[1:] != bottom[1].shape[1:]:
            raise self.error(
                "both bottoms must have items of one shape",
                expected=f"{bottom[0].shape}, as bottom[0]",
                got=f"bottom[1] of shape {bottom[1].shape}",
            )
        self._factor = self._sign / max(int(bottom[0].count), 1)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        difference = bottom[0].data - bottom[0].data.dtype.type(0.5)
        top[0].data[...] = np.vdot(difference, difference) * self._factor / 2

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        difference = bottom[0].data - bottom[0].data.dtype.type(0.5)
        for blob, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                np.multiply(difference, self._factor * float(top[0].diff[()]), out=blob.diff)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True  # neither bottom is a label

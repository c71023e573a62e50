"""What DeepBit's losses of bits share."""

from __future__ import annotations

import math
from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layers.loss._loss import Loss
from blobnet.types import Array


class BitLoss(Loss):
    """A loss of one blob, given twice, whose gradient is one number for all its values."""

    backward_reads_bottom = False
    backward_reads_top = False
    _slope = 0.0

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        if bottom[0].shape[1:] != bottom[1].shape[1:]:
            raise self.error(
                "both bottoms must have items of one shape",
                expected=f"{bottom[0].shape}, as bottom[0]",
                got=f"bottom[1] of shape {bottom[1].shape}",
            )

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted, sign in zip(bottom, propagate_down, (1, -1), strict=True):
            if wanted:
                scale = sign * float(top[0].diff[()]) / max(int(blob.count) * blob.shape[0], 1)
                blob.diff[...] = scale * self._slope

    def allow_force_backward(self, bottom_index: int) -> bool:
        return True  # neither bottom is a label

    def rows(self, array: Array) -> Array:
        """(N, D): the values of each item."""
        rows: Array = array.reshape(len(array), math.prod(array.shape[1:]))
        return rows

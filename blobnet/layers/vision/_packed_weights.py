"""Weights of a convolution in blocks of outputs, for the inference mode."""

from __future__ import annotations

import numpy as np

from blobnet.ops.conv import blocked
from blobnet.ops.conv.blocked import Layout, Packed
from blobnet.ops.window import Window
from blobnet.types import Array


class PackedWeights:
    """Made when first used, and anew when weights are.

    layout    how x and y lie
    channels  of x
    """

    def __init__(self, layout: Layout, channels: int) -> None:
        self.layout, self._channels = layout, channels
        self._packed: Packed | None = None

    def forward(
        self, x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float
    ) -> None:
        """y = the weighted sum of what the window sees, plus `bias`, then leaky."""
        if self._packed is None:
            self._packed = blocked.pack(weight, bias, self._channels)
        blocked.forward(x, weight, self._packed, window, y, slope, self.layout)

    def renew(self, weight: Array, bias: Array | None) -> None:
        """They are these now; what was packed stays where it is, as kernels may know of it."""
        if self._packed is not None:
            packed = blocked.pack(weight, bias, self._channels)
            for array, values in zip(self._packed, packed, strict=True):
                np.copyto(array, values)

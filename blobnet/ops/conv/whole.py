"""Convolution of one image by a window that sees all of it: a dot product for each output.

A tile of sums would have one place where it has room for dozens. So end MobileNet and, as nets of
convolutions alone, VGG and CaffeNet. Terms are added in the order of `product.dots`, on all
processors; of several images they are added as in `direct`.
"""

from __future__ import annotations

from blobnet.ops import product
from blobnet.ops.conv import direct
from blobnet.ops.window import Window
from blobnet.types import Array


def suits(x: Array, weight: Array, window: Window, y: Array) -> bool:
    """Whether every output is one number, and every value has a weight in it."""
    return (
        y.size == len(weight)
        and x.shape[1:] == weight.shape[1:]
        and not any(window.pad)
        and direct.is_possible(window, x, weight, y)
    )


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float = 1.0
) -> None:
    """y = the weighted sum of what the window sees, plus `bias`, then leaky."""
    product.dots(x.reshape(1, -1), weight.reshape(len(weight), -1), bias, y.reshape(1, -1), slope)

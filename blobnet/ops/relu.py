"""The rectifier, with a slope for negative values, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.jit import compiled
from blobnet.ops.values import are_flat, for_values, in_blocks
from blobnet.types import Array

_FEW = 512  # values; for these, np.maximum is the faster call, though not the faster loop


def relu(x: Array, slope: float, out: Array) -> None:
    """out = max(x, 0) + slope * min(x, 0). `out` has the shape of x and may be x.

    NaN stays NaN. Without a slope, -inf becomes 0 (Caffe multiplies it by 0, which is NaN).
    """
    kernels: Any = compiled("activation")
    if not slope and x.size < _FEW:
        np.maximum(x, 0, out=out)
    elif kernels is not None and are_flat(x, out):
        arrays = x.reshape(-1), x.dtype.type(slope), out.reshape(-1)
        for_values(lambda begin, end: kernels.relu(begin, end, *arrays), x.size)
    elif slope:
        in_blocks(lambda x, out: _leaky_relu(x, slope, out), x, out)
    else:
        in_blocks(lambda x, out: np.clip(x, 0, np.inf, out=out), x, out)


def _leaky_relu(x: Array, slope: float, out: Array) -> None:
    larger_or_smaller = np.maximum if slope <= 1 else np.minimum
    larger_or_smaller(x, x * slope, out=out)


def relu_backward(dy: Array, x: Array, slope: float, out: Array) -> None:
    """out = dx = dy where x > 0, slope * dy where x <= 0, 0 where x is NaN. May be dy."""
    kernels: Any = compiled("activation")
    if kernels is not None and are_flat(dy, x, out):
        arrays = dy.reshape(-1), x.reshape(-1), x.dtype.type(slope), out.reshape(-1)
        for_values(lambda begin, end: kernels.relu_backward(begin, end, *arrays), x.size)
    else:
        in_blocks(lambda dy, x, out: _relu_backward(dy, x, slope, out), dy, x, out)


def _relu_backward(dy: Array, x: Array, slope: float, out: Array) -> None:
    if slope:
        factor = np.multiply(x <= 0, slope, dtype=x.dtype)
        factor += x > 0
        np.multiply(dy, factor, out=out)
    else:
        np.multiply(dy, x > 0, out=out)

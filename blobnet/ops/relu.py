"""The rectifier, with a slope for negative values, forward and backward."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array

_CLIP_PAYS_FROM = 2048  # values; np.clip is the faster loop, np.maximum the faster call


def relu(x: Array, slope: float, out: Array) -> None:
    """out = max(x, 0) + slope * min(x, 0). `out` has the shape of x and may be x.

    NaN stays NaN. Without a slope, -inf becomes 0 (Caffe multiplies it by 0, which is NaN).
    """
    if slope:
        _leaky_relu(x, slope, out)
    elif x.size < _CLIP_PAYS_FROM:
        np.maximum(x, 0, out=out)
    else:
        np.clip(x, 0, np.inf, out=out)


def _leaky_relu(x: Array, slope: float, out: Array) -> None:
    with np.errstate(over="ignore"):
        scaled = x * slope if out is x else np.multiply(x, slope, out=out)
    larger_or_smaller = np.maximum if slope <= 1 else np.minimum
    larger_or_smaller(x, scaled, out=out)


def relu_backward(dy: Array, x: Array, slope: float, out: Array) -> None:
    """out = dx = dy where x > 0, slope * dy where x <= 0, 0 where x is NaN. May be dy."""
    with np.errstate(over="ignore", invalid="ignore"):
        if slope:
            factor = np.multiply(x <= 0, slope, dtype=x.dtype)
            factor += x > 0
            np.multiply(dy, factor, out=out)
        else:
            np.multiply(dy, x > 0, out=out)

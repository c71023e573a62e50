"""The rectifier, with a slope for negative values, forward and backward."""

from __future__ import annotations

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.recording import is_recording
from blobnet.types import Array

_FEW = 512  # values; for these, np.maximum is the faster call, though not the faster loop


def relu(x: Array, slope: float, out: Array) -> None:
    """out = max(x, 0) + slope * min(x, 0). `out` has the shape of x and may be x.

    NaN stays NaN. Without a slope, -inf becomes 0 (Caffe multiplies it by 0, which is NaN).
    """
    if not slope and x.size < _FEW and not is_recording():
        np.maximum(x, 0, out=out)
    else:
        _relu(x, slope, out)


@compiled_by("activation_kernel")
def _relu(x: Array, slope: float, out: Array) -> None:
    if slope:
        larger_or_smaller = np.maximum if slope <= 1 else np.minimum
        larger_or_smaller(x, x * slope, out=out)
    else:
        np.clip(x, 0, np.inf, out=out)


@compiled_by("activation_kernel")
def limited_relu(x: Array, slope: float, limit: float, out: Array) -> None:
    """out = min(max(x, 0) + slope * min(x, 0), limit). `out` may be x; NaN stays NaN."""
    relu(x, slope, out=out)
    np.minimum(out, limit, out=out)


@compiled_by("activation_kernel")
def relu_backward(dy: Array, x: Array, slope: float, out: Array) -> None:
    """out = dx = dy where x > 0, slope * dy where x <= 0, 0 where x is NaN. May be dy."""
    if slope:
        factor = np.multiply(x <= 0, slope, dtype=x.dtype)
        factor += x > 0
        np.multiply(dy, factor, out=out)
    else:
        np.multiply(dy, x > 0, out=out)

"""The rectifier with an array of slopes for negative values, forward and backward."""

from __future__ import annotations

import numpy as np

from blobnet.ops.relu import relu
from blobnet.ops.workspace import scratch
from blobnet.types import Array


def prelu(x: Array, slope: Array, out: Array) -> None:
    """out = max(x, 0) + slope * min(x, 0). `slope` broadcasts against x; `out` is not x."""
    with np.errstate(over="ignore", invalid="ignore"):
        if slope.all() and (slope <= 1).all():  # without 0, as 0 * inf is NaN
            np.multiply(x, slope, out=out)
            np.maximum(x, out, out=out)
            return
        positive_part = scratch("positive part", x.shape, x.dtype)
        relu(x, 0, out=positive_part)
        np.minimum(x, 0, out=out)
        out *= slope
        out += positive_part


def prelu_backward(dy: Array, x: Array, slope: Array, out: Array) -> None:
    """out = dx = dy where x > 0, slope * dy where x <= 0, 0 where x is NaN. May be dy."""
    factor = scratch("slope", x.shape, x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        np.multiply(x <= 0, slope, out=factor)
        factor += x > 0
        np.multiply(dy, factor, out=out)

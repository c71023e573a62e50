"""Floats to whole numbers, as C++ has them."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array, IntArray


def rounded(x: Array) -> Array:
    """The nearest whole numbers, as C's round() has them: halves away from zero."""
    whole = np.trunc(x)
    found: Array = whole + np.where(np.abs(x - whole) >= 0.5, np.sign(x), 0).astype(x.dtype)
    return found


def whole_numbers(x: Array) -> IntArray:
    """Floats without fractions as integers: 0 for NaN, cut where C++ would have no answer."""
    return np.clip(np.where(np.isnan(x), 0, x), -(2**30), 2**30).astype(np.int64)

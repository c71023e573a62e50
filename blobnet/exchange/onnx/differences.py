"""How far two arrays are apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.types import Array

TOLERANCE = 1e-4
"""The largest difference that counts as rounding, as a share of the blob's largest value."""
LEAST = 1e-7
"""An absolute difference that is none: the last bit of numbers near 1."""


class Difference(NamedTuple):
    """The largest absolute difference, and that as a share of the largest absolute value."""

    largest: float
    relative: float

    @property
    def is_rounding(self) -> bool:
        return self.relative <= TOLERANCE or self.largest <= LEAST


def difference(expected: Array, got: Array) -> Difference:
    """Between arrays of one shape; infinite for other shapes, and where only one is a number."""
    if expected.shape != got.shape:
        return Difference(np.inf, np.inf)
    if not expected.size:
        return Difference(0.0, 0.0)
    is_same = (expected == got) | (np.isnan(expected) & np.isnan(got))
    if is_same.all():
        return Difference(0.0, 0.0)
    a, b = expected[~is_same].astype(np.float64), got[~is_same].astype(np.float64)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return Difference(np.inf, np.inf)
    finite = expected[np.isfinite(expected)]
    largest = float(np.abs(a - b).max())
    size = float(np.abs(finite).max()) if finite.size else 0.0
    return Difference(largest, largest / size if size else np.inf)

"""How long vectors are, in the sense of L2 or of L1.

Arrays are (outer, vector, inner): a vector goes over the middle axis.
"""

from __future__ import annotations

import numpy as np

from blobnet.types import Array


def lengths(x: Array, eps: float, *, is_l1: bool = False) -> Array:
    """(outer, 1, inner): sqrt(sum(x^2) + eps), or sum(|x|) + eps."""
    if is_l1:
        total: Array = np.add(np.abs(x).sum(axis=1, keepdims=True), x.dtype.type(eps))
        return total
    squared: Array = np.add(np.square(x).sum(axis=1, keepdims=True), x.dtype.type(eps))
    return np.sqrt(squared, out=squared)

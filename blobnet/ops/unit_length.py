"""Vectors brought to length 1, in the sense of L2 or of L1.

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


def unit_gradient(
    x: Array, length: Array, dy: Array, *, is_l1: bool = False, is_divided: bool = True
) -> Array:
    """dx of y = x / length.

    L2: (dy - y * sum(y * dy)) / length;  L1: (dy - sign(x) * sum(y * dy)) / length;
    without the last division unless `is_divided`.
    """
    y = x / length
    along = np.einsum("ovi,ovi->oi", y, dy)[:, None]
    dx: Array = (np.sign(x) if is_l1 else y) * along
    np.subtract(dy, dx, out=dx)
    if is_divided:
        np.divide(dx, length, out=dx)
    return dx

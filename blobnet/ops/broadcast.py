"""A small array v against a large one x, along the axes of x from `axis` on: x * v, x + v.

The axes of v are those of x from `axis` to `axis + v.ndim`; along all others v is repeated. A v
without axes is one number for all of x.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.types import Array, Shape


def expand(v: Array, axis: int, ndim: int) -> Array:
    """A view of v whose axes stand where they belong in an array of `ndim` axes."""
    return v.reshape(v.shape + (1,) * (ndim - axis - v.ndim))


def sum_around(x: Array, axis: int, shape: Shape) -> Array:
    """The sum of x over all axes that v has not; `shape` is the shape of v and of the result."""
    total: Array = x.reshape(_outer_own_inner(x, axis, shape)).sum(axis=(0, 2))
    return total.reshape(shape)


def sum_products_around(x: Array, other: Array, axis: int, shape: Shape) -> Array:
    """sum_around(x * other), without the array of products."""
    seen_as = _outer_own_inner(x, axis, shape)
    total: Array = np.einsum("odi,odi->d", x.reshape(seen_as), other.reshape(seen_as))
    return total.reshape(shape)


def _outer_own_inner(x: Array, axis: int, shape: Shape) -> tuple[int, int, int]:
    """x as three axes: what stands before the axes of v, those of v, and what follows."""
    return (
        math.prod(x.shape[:axis]),
        math.prod(shape),
        math.prod(x.shape[axis + len(shape) :]),
    )

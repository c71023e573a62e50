"""A small array v against a large one x, along the axes of x from `axis` on: x * v, x + v.

The axes of v are those of x from `axis` to `axis + v.ndim`; along all others v is repeated. A v
without axes is one number for all of x.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.planes import as_planes, by_channels, by_rows, kernels_for, sums_beside_centers
from blobnet.types import Array, Shape


def expand(v: Array, axis: int, ndim: int) -> Array:
    """A view of v whose axes stand where they belong in an array of `ndim` axes."""
    return v.reshape(v.shape + (1,) * (ndim - axis - v.ndim))


def scale(
    x: Array,
    factor: Array,
    axis: int,
    out: Array,
    shift: Array | None = None,
    kept: Array | None = None,
) -> None:
    """out = x * factor + shift, which has the shape of the factor.

    `out` may be x; then `kept`, an array like it, may be given to hold the values of x.
    """
    kernels = kernels_for(axis, factor.shape, *((x, out) if kept is None else (x, out, kept)))
    if kernels is not None:
        planes = [as_planes(array, axis, factor.shape) for array in (x, out)]
        none = np.full(1, -0.0, x.dtype)  # x + -0.0 is x, also where that is -0.0
        nothing = np.empty(0, x.dtype)
        by_rows(
            kernels.affine, planes[0], factor, none if shift is None else shift, planes[1],
            nothing if kept is None else kept,
        )  # fmt: skip
        return
    if kept is not None:
        np.copyto(kept, x)
    with np.errstate(over="ignore", invalid="ignore"):
        np.multiply(x, expand(factor, axis, x.ndim), out=out)
        if shift is not None:
            out += expand(shift, axis, x.ndim)


def shift(x: Array, v: Array, axis: int, out: Array) -> None:
    """out = x + v. `out` may be x."""
    kernels = kernels_for(axis, v.shape, x, out)
    if kernels is not None:
        planes = [as_planes(array, axis, v.shape) for array in (x, out)]
        nothing = np.empty(0, x.dtype)
        by_rows(kernels.affine, planes[0], np.ones(1, x.dtype), v, planes[1], nothing)
        return
    with np.errstate(over="ignore", invalid="ignore"):
        np.add(x, expand(v, axis, x.ndim), out=out)


def sum_around(x: Array, axis: int, shape: Shape) -> Array:
    """The sum of x over all axes that v has not; `shape` is the shape of v and of the result."""
    planes = as_planes(x, axis, shape)
    total: Array
    with np.errstate(over="ignore", invalid="ignore"):
        if kernels_for(axis, shape, x) is not None:
            center, beside, _ = sums_beside_centers(planes)
            count = planes.shape[0] * planes.shape[2]
            total = (center * count + beside).astype(x.dtype)
        else:
            total = planes.sum(axis=(0, 2))
    return total.reshape(shape)


def sum_products_around(x: Array, other: Array, axis: int, shape: Shape) -> Array:
    """sum_around(x * other), without the array of products."""
    with np.errstate(over="ignore", invalid="ignore"):
        sums = _compiled_sums(x, other, axis, shape)
        if sums is None:
            planes = as_planes(x, axis, shape), as_planes(other, axis, shape)
            total: Array = np.einsum("odi,odi->d", *planes)
        else:
            total = sums[1]
    return total.reshape(shape)


def gradients_around(x: Array, dy: Array, axis: int, shape: Shape) -> tuple[Array, Array]:
    """(sum_products_around(x, dy), sum_around(dy)), in one pass where there is a kernel."""
    with np.errstate(over="ignore", invalid="ignore"):
        sums = _compiled_sums(x, dy, axis, shape)
    if sums is not None:
        return sums[1].reshape(shape), sums[0].reshape(shape)
    return sum_products_around(x, dy, axis, shape), sum_around(dy, axis, shape)


def _compiled_sums(x: Array, dy: Array, axis: int, shape: Shape) -> Array | None:
    """Of each channel, the sums of dy and of x * dy; None without a kernel."""
    kernels = kernels_for(axis, shape, x, dy)
    if kernels is None:
        return None
    planes, dy = as_planes(x, axis, shape), as_planes(dy, axis, shape)
    center = np.zeros(planes.shape[1], x.dtype)
    return by_channels(kernels.products, planes, center, dy).astype(x.dtype)

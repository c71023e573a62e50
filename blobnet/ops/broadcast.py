"""A small array v against a large one x, along the axes of x from `axis` on: x * v, x + v.

The axes of v are those of x from `axis` to `axis + v.ndim`; along all others v is repeated. A v
without axes is one number for all of x.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.planes import are_planes, as_planes, by_channels, by_rows, sums_beside_centers
from blobnet.types import Array, Shape


def expand(v: Array, axis: int, ndim: int) -> Array:
    """A view of v whose axes stand where they belong in an array of `ndim` axes."""
    return v.reshape(v.shape + (1,) * (ndim - axis - v.ndim))


def _scale_planes(
    kernels: Any,
    x: Array,
    factor: Array,
    axis: int,
    out: Array,
    shift: Array | None = None,
    saved: Array | None = None,
) -> Any:
    if not are_planes(axis, factor.shape, *((x, out) if saved is None else (x, out, saved))):
        return NotImplemented
    none = np.full(1, -0.0, x.dtype)  # x + -0.0 is x, also where that is -0.0
    nothing = np.empty(0, x.dtype)
    by_rows(
        kernels.affine, as_planes(x, axis, factor.shape), factor, none if shift is None else shift,
        out, nothing if saved is None else saved,
    )  # fmt: skip
    return None


@compiled_by("planes_kernel", _scale_planes)
def scale(
    x: Array,
    factor: Array,
    axis: int,
    out: Array,
    shift: Array | None = None,
    saved: Array | None = None,
) -> None:
    """out = x * factor + shift, which has the shape of the factor.

    `out` may be x; then `saved`, an array like it, may be given to hold the values of x.
    """
    if saved is not None:
        np.copyto(saved, x)
    np.multiply(x, expand(factor, axis, x.ndim), out=out)
    if shift is not None:
        out += expand(shift, axis, x.ndim)


def _shift_planes(kernels: Any, x: Array, v: Array, axis: int, out: Array) -> Any:
    if not are_planes(axis, v.shape, x, out):
        return NotImplemented
    one, nothing = np.ones(1, x.dtype), np.empty(0, x.dtype)
    by_rows(kernels.affine, as_planes(x, axis, v.shape), one, v, out, nothing)
    return None


@compiled_by("planes_kernel", _shift_planes)
def shift(x: Array, v: Array, axis: int, out: Array) -> None:
    """out = x + v. `out` may be x."""
    np.add(x, expand(v, axis, x.ndim), out=out)


def _sum_planes(kernels: Any, x: Array, axis: int, shape: Shape) -> Any:
    if not are_planes(axis, shape, x):
        return NotImplemented
    planes = as_planes(x, axis, shape)
    center, beside, _ = sums_beside_centers(kernels, planes)
    total = center * (planes.shape[0] * planes.shape[2]) + beside
    return total.astype(x.dtype).reshape(shape)


@compiled_by("planes_kernel", _sum_planes)
def sum_around(x: Array, axis: int, shape: Shape) -> Array:
    """The sum of x over all axes that v has not; `shape` is the shape of v and of the result."""
    total: Array = as_planes(x, axis, shape).sum(axis=(0, 2))
    return total.reshape(shape)


def _gradients_of_planes(kernels: Any, x: Array, dy: Array, axis: int, shape: Shape) -> Any:
    if not are_planes(axis, shape, x, dy):
        return NotImplemented
    planes = as_planes(x, axis, shape)
    center = np.zeros(planes.shape[1], x.dtype)
    sums, products = by_channels(kernels.products, planes, center, dy).astype(x.dtype)
    return products.reshape(shape), sums.reshape(shape)


@compiled_by("planes_kernel", _gradients_of_planes)
def gradients_around(x: Array, dy: Array, axis: int, shape: Shape) -> tuple[Array, Array]:
    """(sum_products_around(x, dy), sum_around(dy)), in one pass where there is a kernel."""
    return sum_products_around(x, dy, axis, shape), sum_around(dy, axis, shape)


def _scale_backward_planes(
    kernels: Any, x: Array, dy: Array, factor: Array, axis: int, out: Array
) -> Any:
    if not are_planes(axis, factor.shape, x, dy, out):
        return NotImplemented
    planes = as_planes(x, axis, factor.shape)
    both = by_channels(kernels.affine_gradient, planes, dy, factor.reshape(-1), out).astype(x.dtype)
    return both[1].reshape(factor.shape), both[0].reshape(factor.shape)


@compiled_by("planes_kernel", _scale_backward_planes)
def scale_backward(
    x: Array, dy: Array, factor: Array, axis: int, out: Array
) -> tuple[Array, Array]:
    """`gradients_around`; then out = dy * factor, which may be dy, in the same pass."""
    found = gradients_around(x, dy, axis, factor.shape)
    scale(dy, factor, axis, out=out)
    return found


def _products_of_planes(kernels: Any, x: Array, other: Array, axis: int, shape: Shape) -> Any:
    both = _gradients_of_planes(kernels, x, other, axis, shape)
    return both if both is NotImplemented else both[0]


@compiled_by("planes_kernel", _products_of_planes)
def sum_products_around(x: Array, other: Array, axis: int, shape: Shape) -> Array:
    """sum_around(x * other), without the array of products."""
    planes = as_planes(x, axis, shape), as_planes(other, axis, shape)
    total: Array = np.einsum("odi,odi->d", *planes)
    return total.reshape(shape)

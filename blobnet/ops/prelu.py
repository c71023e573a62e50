"""The rectifier with an array of slopes for negative values, forward and backward.

The axes of `slope` are those of x from `axis` on; along all others it is repeated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.broadcast import expand, sum_products_around
from blobnet.ops.dispatch import compiled_by
from blobnet.ops.planes import are_planes, as_planes, by_channels, by_rows
from blobnet.types import Array


def _prelu_planes(kernels: Any, x: Array, slope: Array, axis: int, out: Array) -> Any:
    if not are_planes(axis, slope.shape, x, out):
        return NotImplemented
    by_rows(kernels.prelu, as_planes(x, axis, slope.shape), slope, out)
    return None


@compiled_by("planes_kernel", _prelu_planes)
def prelu(x: Array, slope: Array, axis: int, out: Array) -> None:
    """out = max(x, 0) + slope * min(x, 0). `out` is not x."""
    np.multiply(x, expand(slope, axis, x.ndim), out=out)
    np.copyto(out, x, where=x > 0)


def _prelu_backward_planes(
    kernels: Any, dy: Array, x: Array, slope: Array, axis: int, out: Array
) -> Any:
    if not are_planes(axis, slope.shape, x, dy, out):
        return NotImplemented
    by_rows(kernels.prelu_backward, as_planes(x, axis, slope.shape), dy, slope, out)
    return None


@compiled_by("planes_kernel", _prelu_backward_planes)
def prelu_backward(dy: Array, x: Array, slope: Array, axis: int, out: Array) -> None:
    """out = dx = dy where x > 0, slope * dy where x <= 0, 0 where x is NaN. May be dy."""
    factor = (x <= 0) * expand(slope, axis, x.ndim)
    factor += x > 0
    np.multiply(dy, factor, out=out)


def _slope_gradient_of_planes(kernels: Any, dy: Array, x: Array, slope: Array, axis: int) -> Any:
    if not are_planes(axis, slope.shape, x, dy):
        return NotImplemented
    sums = by_channels(kernels.prelu_slope, as_planes(x, axis, slope.shape), dy)[1]
    return sums.reshape(slope.shape).astype(x.dtype, copy=False)


@compiled_by("planes_kernel", _slope_gradient_of_planes)
def slope_gradient(dy: Array, x: Array, slope: Array, axis: int) -> Array:
    """The sum of dy * min(x, 0) over all that has one slope; the shape of `slope`."""
    return sum_products_around(dy, np.minimum(x, 0), axis, slope.shape)

"""The rectifier with an array of slopes for negative values, forward and backward.

The axes of `slope` are those of x from `axis` on; along all others it is repeated.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.broadcast import expand, sum_products_around
from blobnet.ops.planes import as_planes, by_channels, by_rows, kernels_for
from blobnet.ops.relu import relu
from blobnet.ops.workspace import scratch
from blobnet.types import Array


def prelu(x: Array, slope: Array, axis: int, out: Array) -> None:
    """out = max(x, 0) + slope * min(x, 0). `out` is not x."""
    kernels = kernels_for(axis, slope.shape, x, out)
    if kernels is not None:
        planes, out_planes = (as_planes(array, axis, slope.shape) for array in (x, out))
        by_rows(kernels.prelu, planes, slope, out_planes)
        return
    slope = expand(slope, axis, x.ndim)
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


def prelu_backward(dy: Array, x: Array, slope: Array, axis: int, out: Array) -> None:
    """out = dx = dy where x > 0, slope * dy where x <= 0, 0 where x is NaN. May be dy."""
    kernels = kernels_for(axis, slope.shape, x, dy, out)
    if kernels is not None:
        planes, dy_planes, dx_planes = (as_planes(a, axis, slope.shape) for a in (x, dy, out))
        by_rows(kernels.prelu_backward, planes, dy_planes, slope, dx_planes)
        return
    factor = scratch("slope", x.shape, x.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        np.multiply(x <= 0, expand(slope, axis, x.ndim), out=factor)
        factor += x > 0
        np.multiply(dy, factor, out=out)


def slope_gradient(dy: Array, x: Array, slope: Array, axis: int) -> Array:
    """The sum of dy * min(x, 0) over all that has one slope; the shape of `slope`."""
    kernels = kernels_for(axis, slope.shape, x, dy)
    with np.errstate(over="ignore", invalid="ignore"):
        if kernels is not None:
            planes, dy_planes = (as_planes(array, axis, slope.shape) for array in (x, dy))
            sums: Array = by_channels(kernels.prelu_slope, planes, dy_planes)[0]
            return sums.reshape(slope.shape).astype(x.dtype, copy=False)
        negative_part = scratch("negative part", x.shape, x.dtype)
        np.minimum(x, 0, out=negative_part)
        return sum_products_around(dy, negative_part, axis, slope.shape)

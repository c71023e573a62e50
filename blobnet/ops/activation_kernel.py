"""Activations and their gradients, sums, and the mask of Dropout: each value by itself.

All arrays are flat, and only range(begin, end) is looked at. Comparisons give 0 or 1, by which
is multiplied: so NaN and infinity go the way they go in numpy. Where a layer may work in place,
loops are written in vectors: of one array the compiler cannot tell that it may take several
values at once.
"""

from __future__ import annotations

from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.vector import leaky, load, splat, store, where
from blobnet.types import Array


@exact_kernel
def relu(begin: int, end: int, x: Array, slope: float, y: Array) -> None:
    """y = x, times `slope` where that is negative; without a slope, 0."""
    if slope == 0:
        for i in range(begin, end, LANES):
            v = load(x, i, end)
            store(where(v < 0, 0, v), y, i, end)
    else:
        for i in range(begin, end, LANES):
            v = load(x, i, end)
            store(where(v < 0, v * slope, v), y, i, end)


@exact_kernel
def limited_relu(begin: int, end: int, x: Array, slope: float, limit: float, y: Array) -> None:
    """y = x, times `slope` where that is negative, and at most `limit`; without a slope, 0."""
    if slope == 0:
        for i in range(begin, end, LANES):
            v = load(x, i, end)
            v = where(v < 0, 0, v)
            store(where(v > limit, limit, v), y, i, end)
    else:
        for i in range(begin, end, LANES):
            v = load(x, i, end)
            v = where(v < 0, v * slope, v)
            store(where(v > limit, limit, v), y, i, end)


@exact_kernel
def relu_backward(begin: int, end: int, dy: Array, x: Array, slope: float, dx: Array) -> None:
    """dx = dy * (slope where x <= 0, 1 where x > 0, 0 where x is NaN)."""
    one, nothing = splat(x, 1), splat(x, 0)
    for i in range(begin, end, LANES):
        v = load(x, i, end)
        factor = where(v > 0, one, where(v <= 0, slope, nothing))
        store(load(dy, i, end) * factor, dx, i, end)


@exact_kernel
def sigmoid_backward(begin: int, end: int, dy: Array, y: Array, dx: Array) -> None:
    """dx = dy * y * (1 - y)."""
    for i in range(begin, end, LANES):
        v = load(y, i, end)
        store(load(dy, i, end) * ((1 - v) * v), dx, i, end)


@exact_kernel
def drop(begin: int, end: int, x: Array, mask: Array, ratio: float, scale: float, y: Array) -> None:
    """mask = scale where it was at least `ratio`, else 0;  y = x * mask."""
    nothing = x.dtype.type(0)
    x_, mask_, y_ = x[begin:end], mask[begin:end], y[begin:end]
    for i in range(len(x_)):
        mask_[i] = scale if mask_[i] >= ratio else nothing
        y_[i] = x_[i] * mask_[i]


@exact_kernel
def weighted_sum(
    begin: int, end: int, xs: tuple[Array, ...], weights: tuple[float, ...], slope: float, y: Array
) -> None:
    """y = xs[0] * weights[0] + xs[1] * weights[1] + ..., times `slope` where that is not above 0.

    `y` may be one of them.
    """
    for i in range(begin, end, LANES):
        v = load(xs[0], i, end) * weights[0]
        for k in range(1, len(xs)):
            v += load(xs[k], i, end) * weights[k]
        store(leaky(v, slope), y, i, end)

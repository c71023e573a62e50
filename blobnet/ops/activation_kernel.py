"""Activations and their gradients, sums, and the mask of Dropout: each value by itself.

All arrays are flat, and only range(begin, end) is looked at. Comparisons give 0 or 1, by which
is multiplied: so NaN and infinity go the way they go in numpy. Where a layer may work in place,
loops are written in vectors: of one array the compiler cannot tell that it may take several
values at once.
"""

from __future__ import annotations

from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.vector import (
    add,
    all_lanes,
    load_masked,
    multiply,
    store_masked,
    subtract,
    where_larger,
)
from blobnet.types import Array


@exact_kernel
def relu(begin: int, end: int, x: Array, slope: float, y: Array) -> None:
    """y = x, times `slope` where that is negative; without a slope, 0."""
    nothing, factor = all_lanes(x, 0), all_lanes(x, slope)
    if slope == 0:
        for i in range(begin, end, LANES):
            v = load_masked(x, 0, i, end, nothing)
            store_masked(where_larger(nothing, v, nothing, v), y, i, end - i)
    else:
        for i in range(begin, end, LANES):
            v = load_masked(x, 0, i, end, nothing)
            store_masked(where_larger(nothing, v, multiply(v, factor), v), y, i, end - i)


@exact_kernel
def relu_backward(begin: int, end: int, dy: Array, x: Array, slope: float, dx: Array) -> None:
    """dx = dy * (slope where x <= 0, 1 where x > 0, 0 where x is NaN)."""
    nothing, one, slopes = all_lanes(x, 0), all_lanes(x, 1), all_lanes(x, slope)
    for i in range(begin, end, LANES):
        v, d = load_masked(x, 0, i, end, nothing), load_masked(dy, 0, i, end, nothing)
        not_positive = where_larger(one, v, slopes, nothing)
        store_masked(multiply(d, where_larger(v, nothing, one, not_positive)), dx, i, end - i)


@exact_kernel
def sigmoid_backward(begin: int, end: int, dy: Array, y: Array, dx: Array) -> None:
    """dx = dy * y * (1 - y)."""
    nothing, one = all_lanes(y, 0), all_lanes(y, 1)
    for i in range(begin, end, LANES):
        v, d = load_masked(y, 0, i, end, nothing), load_masked(dy, 0, i, end, nothing)
        store_masked(multiply(d, multiply(subtract(one, v), v)), dx, i, end - i)


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
    nothing, slopes = all_lanes(y, 0), all_lanes(y, slope)
    for i in range(begin, end, LANES):
        v = multiply(load_masked(xs[0], 0, i, end, nothing), all_lanes(y, weights[0]))
        for k in range(1, len(xs)):
            term = load_masked(xs[k], 0, i, end, nothing)
            v = add(v, multiply(term, all_lanes(y, weights[k])))
        store_masked(where_larger(v, nothing, v, multiply(v, slopes)), y, i, end - i)

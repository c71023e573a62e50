"""Activations and their gradients, sums, and the mask of Dropout: each value by itself.

All arrays are flat, and only range(begin, end) is looked at. Comparisons give 0 or 1, by which
is multiplied: so NaN and infinity go the way they go in numpy.
"""

from __future__ import annotations

from blobnet.ops.compiled.kernel import exact_kernel
from blobnet.types import Array


@exact_kernel
def relu(begin: int, end: int, x: Array, slope: float, y: Array) -> None:
    """y = x, times `slope` where that is negative; without a slope, 0."""
    nothing = x.dtype.type(0)
    x_, y_ = x[begin:end], y[begin:end]
    if slope == 0:
        for i in range(len(x_)):
            y_[i] = nothing if x_[i] < 0 else x_[i]
    else:
        for i in range(len(x_)):
            y_[i] = x_[i] * slope if x_[i] < 0 else x_[i]


@exact_kernel
def relu_backward(begin: int, end: int, dy: Array, x: Array, slope: float, dx: Array) -> None:
    """dx = dy * (slope where x <= 0, 1 where x > 0, 0 where x is NaN)."""
    nothing, one = x.dtype.type(0), x.dtype.type(1)
    dy_, x_, dx_ = dy[begin:end], x[begin:end], dx[begin:end]
    for i in range(len(x_)):
        factor = one if x_[i] > 0 else (slope if x_[i] <= 0 else nothing)
        dx_[i] = dy_[i] * factor


@exact_kernel
def sigmoid_backward(begin: int, end: int, dy: Array, y: Array, dx: Array) -> None:
    """dx = dy * y * (1 - y)."""
    one = y.dtype.type(1)
    dy_, y_, dx_ = dy[begin:end], y[begin:end], dx[begin:end]
    for i in range(len(y_)):
        dx_[i] = dy_[i] * ((one - y_[i]) * y_[i])


@exact_kernel
def drop(begin: int, end: int, x: Array, mask: Array, ratio: float, scale: float, y: Array) -> None:
    """mask = scale where it was at least `ratio`, else 0;  y = x * mask."""
    nothing = x.dtype.type(0)
    x_, mask_, y_ = x[begin:end], mask[begin:end], y[begin:end]
    for i in range(len(x_)):
        mask_[i] = scale if mask_[i] >= ratio else nothing
        y_[i] = x_[i] * mask_[i]


@exact_kernel
def add_two(begin: int, end: int, x: Array, a: float, other: Array, b: float, y: Array) -> None:
    """y = x * a + other * b."""
    x_, other_, y_ = x[begin:end], other[begin:end], y[begin:end]
    for i in range(len(x_)):
        y_[i] = x_[i] * a + other_[i] * b


@exact_kernel
def add_to(begin: int, end: int, x: Array, a: float, y: Array) -> None:
    """y += x * a."""
    x_, y_ = x[begin:end], y[begin:end]
    for i in range(len(x_)):
        y_[i] += x_[i] * a

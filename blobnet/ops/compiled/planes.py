"""One number for each channel against all values of the channel: BatchNorm, Scale, Bias, PReLU.

    x, y, dy, dx   flat, seen as rows of `width` values; row r belongs to channel r % channels
    factor, ...    one number for each channel
    sums, ...      one number for each channel, in float64

range(begin, end) counts rows, in the kernels that make sums: channels. Arrays of the length of
x lie side by side in memory, so a channel's rows are `channels * width` apart.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.compiled.kernel import exact_kernel
from blobnet.types import Array

STRIP = 64
"""Values of a row that are added to as many sums, so that they can be added side by side."""


@exact_kernel
def affine(
    begin: int, end: int, width: int, x: Array, factor: Array, shift: Array, y: Array
) -> None:
    """y = x * factor + shift, with one rounding for each."""
    for r in range(begin, end):
        a, b = factor[r % len(factor)], shift[r % len(shift)]
        x_, y_ = x[r * width : (r + 1) * width], y[r * width : (r + 1) * width]
        for i in range(len(x_)):
            y_[i] = x_[i] * a + b


@exact_kernel
def normalize(
    begin: int, end: int, width: int, x: Array, mean: Array, factor: Array, y: Array
) -> None:
    """y = (x - mean) * factor."""
    for r in range(begin, end):
        m, a = mean[r % len(mean)], factor[r % len(mean)]
        x_, y_ = x[r * width : (r + 1) * width], y[r * width : (r + 1) * width]
        for i in range(len(x_)):
            y_[i] = (x_[i] - m) * a


@exact_kernel
def normalize_backward(
    begin: int, end: int, width: int, x: Array, dy: Array,
    mean: Array, slope: Array, offset: Array, factor: Array, dx: Array,
) -> None:  # fmt: skip
    """dx = (dy - ((x - mean) * slope + offset)) * factor."""
    for r in range(begin, end):
        c = r % len(mean)
        m, s, o, a = mean[c], slope[c], offset[c], factor[c]
        row = slice(r * width, (r + 1) * width)
        x_, dy_, dx_ = x[row], dy[row], dx[row]
        for i in range(len(x_)):
            dx_[i] = (dy_[i] - ((x_[i] - m) * s + o)) * a


@exact_kernel
def prelu(begin: int, end: int, width: int, x: Array, slope: Array, y: Array) -> None:
    """y = max(x, 0) + slope * min(x, 0); NaN where x is NaN."""
    nothing = x.dtype.type(0)
    for r in range(begin, end):
        a = slope[r % len(slope)]
        x_, y_ = x[r * width : (r + 1) * width], y[r * width : (r + 1) * width]
        for i in range(len(x_)):
            v = x_[i]
            y_[i] = (nothing if v < 0 else v) + (nothing if v > 0 else v) * a


@exact_kernel
def prelu_backward(
    begin: int, end: int, width: int, x: Array, dy: Array, slope: Array, dx: Array
) -> None:
    """dx = dy where x > 0, dy * slope where x <= 0, dy * 0 where x is NaN."""
    nothing, one = x.dtype.type(0), x.dtype.type(1)
    for r in range(begin, end):
        a = slope[r % len(slope)]
        row = slice(r * width, (r + 1) * width)
        x_, dy_, dx_ = x[row], dy[row], dx[row]
        for i in range(len(x_)):
            v = x_[i]
            dx_[i] = dy_[i] * ((one if v <= 0 else nothing) * a + (one if v > 0 else nothing))


@exact_kernel
def moments(
    begin: int, end: int, width: int, x: Array, center: Array, sums: Array, squares: Array
) -> None:
    """Of each channel, the sum of x - center, and of its square; `center` is its first value.

    So the squares are small, however far from 0 the values are.
    """
    partial, partial_squares = np.zeros(STRIP), np.zeros(STRIP)
    for c in range(begin, end):
        m = np.float64(x[c * width])
        if not np.isfinite(m):
            m = 0.0
        center[c] = m
        partial[:] = 0
        partial_squares[:] = 0
        for row in range(c * width, len(x), len(center) * width):
            for at in range(row, row + width, STRIP):
                x_ = x[at : min(at + STRIP, row + width)]
                for i in range(len(x_)):
                    d = np.float64(x_[i]) - m
                    partial[i] += d
                    partial_squares[i] += d * d
        sums[c], squares[c] = partial.sum(), partial_squares.sum()


@exact_kernel
def products(
    begin: int, end: int, width: int, x: Array, center: Array, dy: Array,
    sums: Array, sums_of_products: Array,
) -> None:  # fmt: skip
    """Of each channel, the sum of dy, and of (x - center) * dy."""
    partial, partial_products = np.zeros(STRIP), np.zeros(STRIP)
    for c in range(begin, end):
        m = center[c]
        partial[:] = 0
        partial_products[:] = 0
        for row in range(c * width, len(x), len(center) * width):
            for at in range(row, row + width, STRIP):
                strip = slice(at, min(at + STRIP, row + width))
                x_, dy_ = x[strip], dy[strip]
                for i in range(len(x_)):
                    d = np.float64(dy_[i])
                    partial[i] += d
                    partial_products[i] += np.float64(x_[i] - m) * d
        sums[c], sums_of_products[c] = partial.sum(), partial_products.sum()


@exact_kernel
def prelu_slope(
    begin: int, end: int, width: int, x: Array, dy: Array, sums: Array, unused: Array
) -> None:
    """Of each channel, the sum of dy * min(x, 0)."""
    nothing = x.dtype.type(0)
    partial = np.zeros(STRIP)
    for c in range(begin, end):
        partial[:] = 0
        for row in range(c * width, len(x), len(sums) * width):
            for at in range(row, row + width, STRIP):
                strip = slice(at, min(at + STRIP, row + width))
                x_, dy_ = x[strip], dy[strip]
                for i in range(len(x_)):
                    v = nothing if x_[i] > 0 else x_[i]
                    partial[i] += np.float64(v) * np.float64(dy_[i])
        sums[c] = partial.sum()

"""One number for each channel against all values of the channel: BatchNorm, Scale, Bias, PReLU.

    x, y, dy, dx   flat, seen as rows of `width` values; row r belongs to channel r % channels
    factor, ...    one number for each channel
    sums, ...      one number for each channel, in float64

range(begin, end) counts rows, in the kernels that make sums: channels. Arrays of the length of
x lie side by side in memory, so a channel's rows are `channels * width` apart.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from blobnet.ops.planes import STRIP
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.ops.simd.vector import load, store
from blobnet.types import Array


@exact_kernel
def affine(
    begin: int, end: int, width: int, x: Array, factor: Array, shift: Array, y: Array, saved: Array
) -> None:
    """y = x * factor + shift, with one rounding for each; saved = x, unless it is empty."""
    for r in range(begin, end):
        a, b = factor[r % len(factor)], shift[r % len(shift)]
        stop = (r + 1) * width
        for i in range(r * width, stop, LANES):
            v = load(x, i, stop)
            if len(saved) > 0:
                store(v, saved, i, stop)
            store(v * a + b, y, i, stop)


@exact_kernel
def normalize(
    begin: int, end: int, width: int, x: Array, mean: Array, factor: Array, y: Array
) -> None:
    """y = (x - mean) * factor."""
    for r in range(begin, end):
        c = r % len(mean)
        _normalize_row(r * width, width, x, mean[c], factor[c], y, x[:0])


@exact_kernel
def standardize(
    begin: int, end: int, width: int, partial: Array, x: Array, y: Array, saved: Array,
    eps: float, mean: Array, variance: Array,
) -> None:  # fmt: skip
    """y = (x - mean) / sqrt(variance + eps), with those of each channel; saved as in `affine`.

    All at once for a channel, while its values are in a processor's cache.
    """
    step, count = len(mean) * width, len(x) // len(mean)
    for c in range(begin, end):
        center, beside, squares = _moments(c * width, width, step, x, partial)
        mean[c] = center + beside / count
        variance[c] = squares / count - (beside / count) ** 2
        if variance[c] < 0:
            variance[c] = 0
        m = x.dtype.type(mean[c])
        factor = x.dtype.type(1 / math.sqrt(variance[c] + eps))
        for row in range(c * width, len(x), step):
            _normalize_row(row, width, x, m, factor, y, saved)


@inlined
def _normalize_row(
    row: int, width: int, x: Array, mean: float, factor: float, y: Array, saved: Array
) -> None:
    stop = row + width
    for i in range(row, stop, LANES):
        v = load(x, i, stop)
        if len(saved) > 0:
            store(v, saved, i, stop)
        store((v - mean) * factor, y, i, stop)


@exact_kernel
def gradient(
    begin: int, end: int, width: int, partial: Array, x: Array, dy: Array, mean: Array,
    inv_std: Array, dx: Array,
) -> None:  # fmt: skip
    """dx of `standardize`; inv_std is 1 / sqrt(variance + eps), in float64."""
    step, count = len(mean) * width, len(x) // len(mean)
    for c in range(begin, end):
        total, product = _products(c * width, width, step, x, mean[c], dy, partial)
        slope, offset, factor = product / count * inv_std[c] ** 2, total / count, inv_std[c]
        m = mean[c]
        for row in range(c * width, len(x), step):
            stop = row + width
            for i in range(row, stop, LANES):
                along = (load(x, i, stop) - m) * slope + offset
                store((load(dy, i, stop) - along) * factor, dx, i, stop)


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
    begin: int, end: int, width: int, partial: Array, x: Array, center: Array, sums: Array,
    squares: Array,
) -> None:  # fmt: skip
    """Of each channel, the sum of x - center, and of its square; `center` is its first value.

    So the squares are small, however far from 0 the values are.
    """
    for c in range(begin, end):
        center[c], sums[c], squares[c] = _moments(c * width, width, len(center) * width, x, partial)


@inlined
def _moments(first: int, width: int, step: int, x: Array, partial: Array) -> Any:
    """(center, sum, sum of squares) of the channel whose first row begins at `first`."""
    m = np.float64(x[first])
    if not np.isfinite(m):
        m = 0.0
    partial[:] = 0
    sums, squares = partial[:STRIP], partial[STRIP:]
    for row in range(first, len(x), step):
        for at in range(row, row + width, STRIP):
            x_ = x[at : min(at + STRIP, row + width)]
            for i in range(len(x_)):
                d = np.float64(x_[i]) - m
                sums[i] += d
                squares[i] += d * d
    return m, sums.sum(), squares.sum()


@exact_kernel
def products(
    begin: int, end: int, width: int, partial: Array, x: Array, center: Array, dy: Array,
    sums: Array, sums_of_products: Array,
) -> None:  # fmt: skip
    """Of each channel, the sum of dy, and of (x - center) * dy."""
    for c in range(begin, end):
        sums[c], sums_of_products[c] = _products(
            c * width, width, len(center) * width, x, center[c], dy, partial
        )


@inlined
def _products(
    first: int, width: int, step: int, x: Array, center: float, dy: Array, partial: Array
) -> Any:
    """(sum of dy, of (x - center) * dy) of the channel whose first row begins at `first`."""
    partial[:] = 0
    sums, sums_of_products = partial[:STRIP], partial[STRIP:]
    for row in range(first, len(x), step):
        for at in range(row, row + width, STRIP):
            strip = slice(at, min(at + STRIP, row + width))
            x_, dy_ = x[strip], dy[strip]
            for i in range(len(x_)):
                d = np.float64(dy_[i])
                sums[i] += d
                sums_of_products[i] += np.float64(x_[i] - center) * d
    return sums.sum(), sums_of_products.sum()


@exact_kernel
def prelu_slope(
    begin: int, end: int, width: int, partial: Array, x: Array, dy: Array, sums: Array,
    unused: Array,
) -> None:  # fmt: skip
    """Of each channel, the sum of dy * min(x, 0)."""
    nothing = x.dtype.type(0)
    for c in range(begin, end):
        products = partial[:STRIP]
        products[:] = 0
        for row in range(c * width, len(x), len(sums) * width):
            for at in range(row, row + width, STRIP):
                strip = slice(at, min(at + STRIP, row + width))
                x_, dy_ = x[strip], dy[strip]
                for i in range(len(x_)):
                    v = nothing if x_[i] > 0 else x_[i]
                    products[i] += np.float64(v) * np.float64(dy_[i])
        sums[c] = products.sum()

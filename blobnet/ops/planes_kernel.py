"""One number for each channel against all values of the channel: BatchNorm, Scale, Bias, PReLU.

    x, y, dy, dx   flat, seen as rows of `width` values; row r belongs to channel r % channels
    factor, ...    one number for each channel
    sums, ...      one number for each channel, in float64

range(begin, end) counts rows, in the kernels that make sums: channels. Arrays of the length of
x lie side by side in memory, so a channel's rows are `channels * width` apart. Sums are made in
lanes, of values in float64, in one order on all processors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from llvmlite import ir

from blobnet.ops.simd.emit import Flat, fma
from blobnet.ops.simd.flow import loop, variable, when
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value, is_finite
from blobnet.ops.simd.vector import load, store, sum_of_lanes, where
from blobnet.types import Array

Pair = Callable[[Value, "Value | None"], tuple[Value, Value]]
"""Loads two vectors, from a place on, of an end if they are cut."""

AT_ONCE = 2
"""Vectors in a round: each has sums of its own, so that as many additions are on their way."""


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
@traced
def normalize(
    begin: Value, end: Value, width: Value, x: Flat, mean: Flat, factor: Flat, y: Flat
) -> None:
    """y = (x - mean) * factor."""
    with loop(begin, end) as r:
        c = r % mean.size
        _go_along(r * width, width, _normalizing(x, mean[c], factor[c], y))


@exact_kernel
@traced
def standardize(
    begin: Value, end: Value, width: Value, x: Flat, y: Flat, saved: Flat, eps: Value, mean: Flat,
    variance: Flat,
) -> None:  # fmt: skip
    """y = (x - mean) / sqrt(variance + eps), with those of each channel; saved as in `affine`.

    All at once for a channel, while its values are in a processor's cache.
    """
    step, count = mean.size * width, x.size // mean.size
    with loop(begin, end) as c:
        center, beside, squares = moments_of_channel(c * width, width, step, x)
        off = beside / count
        spread = squares / count - off * off
        mean[c] = center + off
        variance[c] = where(spread < 0, 0, spread)
        factor = 1 / np.sqrt(variance[c] + eps)
        m, first = mean[c], c * width
        with when(saved.size == 0):
            over_channel(x, first, width, step, _normalizing(x, m, factor, y), y)
        with when(saved.size > 0):
            over_channel(x, first, width, step, _normalizing(x, m, factor, y, saved), y, saved)


def _normalizing(
    x: Flat, mean: Value, factor: Value, y: Flat, saved: Flat | None = None
) -> Callable[[Value, Value | None, int], None]:
    """What makes a vector of y, and keeps that of x."""

    def normalize_one(i: Value, end: Value | None, _: int) -> None:
        v = load(x, i, end)
        if saved is not None:
            store(v, saved, i, end)
        store((v - mean) * factor, y, i, end)

    return normalize_one


@exact_kernel
@traced
def gradient(
    begin: Value, end: Value, width: Value, x: Flat, dy: Flat, mean: Flat, inv_std: Flat, dx: Flat
) -> None:
    """dx of `standardize`; inv_std is 1 / sqrt(variance + eps), in float64."""
    step, count = mean.size * width, x.size // mean.size
    with loop(begin, end) as c:
        m, factor = mean[c], inv_std[c]
        total, product = _products(c * width, width, step, x, m, dy)
        slope, offset = product / count * (factor * factor), total / count

        def give_back(
            i: Value, end: Value | None, _: int,
            m: Value = m, slope: Value = slope, offset: Value = offset, factor: Value = factor,
        ) -> None:  # fmt: skip
            along = (load(x, i, end) - m) * slope + offset
            store((load(dy, i, end) - along) * factor, dx, i, end)

        over_channel(x, c * width, width, step, give_back, dx)


@exact_kernel
@traced
def affine_gradient(
    begin: Value, end: Value, width: Value, x: Flat, dy: Flat, factor: Flat, dx: Flat, sums: Flat,
    sums_of_products: Flat,
) -> None:  # fmt: skip
    """dx = dy * factor; and of each channel, the sum of dy, and of x * dy. `dx` may be dy."""
    step, none = factor.size * width, factor[0].like(0)
    with loop(begin, end) as c:
        sums[c], sums_of_products[c] = _products(c * width, width, step, x, none, dy)
        a = factor[c]

        def scale_one(i: Value, end: Value | None, _: int, a: Value = a) -> None:
            store(load(dy, i, end) * a, dx, i, end)

        over_channel(x, c * width, width, step, scale_one, dx)


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
@traced
def moments(
    begin: Value, end: Value, width: Value, x: Flat, center: Flat, sums: Flat, squares: Flat
) -> None:
    """Of each channel, the sum of x - center, and of its square; `center` is its first value.

    So the squares are small, however far from 0 the values are.
    """
    with loop(begin, end) as c:
        center[c], sums[c], squares[c] = moments_of_channel(
            c * width, width, center.size * width, x
        )


def moments_of_channel(
    first: Value, width: Value, step: Value, x: Flat
) -> tuple[Value, Value, Value]:
    """(center, sum, sum of squares) of the channel whose first row begins at `first`."""
    start = x[first]
    start = where(is_finite(start), start, 0)

    def one(i: Value, end: Value | None) -> tuple[Value, Value]:
        d = load(x, i, end, start).in_double() - start
        return d, d

    ((total, square),) = sums_of_channel(x, first, width, step, (one,))
    return start.in_double(), total, square


@exact_kernel
@traced
def products(
    begin: Value, end: Value, width: Value, x: Flat, center: Flat, dy: Flat, sums: Flat,
    sums_of_products: Flat,
) -> None:  # fmt: skip
    """Of each channel, the sum of dy, and of (x - center) * dy."""
    step = center.size * width
    with loop(begin, end) as c:
        sums[c], sums_of_products[c] = _products(c * width, width, step, x, center[c], dy)


def _products(
    first: Value, width: Value, step: Value, x: Flat, center: Value, dy: Flat
) -> tuple[Value, Value]:
    """(sum of dy, of (x - center) * dy) of the channel whose first row begins at `first`."""

    def one(i: Value, end: Value | None) -> tuple[Value, Value]:
        return load(dy, i, end).in_double(), (load(x, i, end) - center).in_double()

    return sums_of_channel(x, first, width, step, (one,), dy)[0]


@exact_kernel
@traced
def prelu_slope(
    begin: Value, end: Value, width: Value, x: Flat, dy: Flat, sums: Flat, sums_of_products: Flat
) -> None:
    """Of each channel, the sum of dy, and of min(x, 0) * dy."""

    def one(i: Value, end: Value | None) -> tuple[Value, Value]:
        v = load(x, i, end)
        return load(dy, i, end).in_double(), where(v > 0, 0, v).in_double()

    with loop(begin, end) as c:
        (found,) = sums_of_channel(x, c * width, width, sums.size * width, (one,), dy)
        sums[c], sums_of_products[c] = found


def sums_of_channel(
    x: Flat, first: Value, width: Value, step: Value, pairs: Sequence[Pair], *others: Flat
) -> list[tuple[Value, Value]]:
    """For each pair of vectors a, b: the sums of a, and of a * b, over a channel.

    What loads them from x, and from others like it, gives an `a` of 0 behind the end.
    """
    nothing = Value(x.builder, ir.Constant(ir.VectorType(ir.DoubleType(), LANES), None))
    totals = [[[variable(nothing) for _ in range(AT_ONCE)] for _ in range(2)] for _ in pairs]

    def add(i: Value, end: Value | None, k: int) -> None:
        for pair, (sums, products) in zip(pairs, totals, strict=True):
            a, b = pair(i, end)
            sums[k][0] = sums[k][0] + a
            products[k][0] = fma(a, b, products[k][0])

    for total in (total for both in totals for some in both for total in some):
        total[0] = nothing  # of the channel before, too
    over_channel(x, first, width, step, add, x, *others)
    added = [[sum_of_lanes(one[0] + other[0]) for one, other in both] for both in totals]
    return [(total, product) for total, product in added]


def over_channel(
    x: Flat, first: Value, width: Value, step: Value,
    do: Callable[[Value, Value | None, int], None], *fetched: Flat,
) -> None:  # fmt: skip
    """Call `do` for all vectors of a channel: where it begins, its end if it is cut, its number.

    Of `fetched`, arrays like x, the row that follows is asked for, which is far away in memory.
    """
    with loop(first, x.size, step) as row:
        following = where(row + step < x.size, row + step, first + width)
        _go_along(row, width, do, [array.at(following - row) for array in fetched])


def _go_along(
    row: Value, width: Value, do: Callable[[Value, Value | None, int], None],
    fetched: Sequence[Flat] = (),
) -> None:  # fmt: skip
    round_, stop = AT_ONCE * LANES, row + width
    whole = row + width // round_ * round_
    with loop(row, whole, round_) as i:
        for array in fetched:
            array.prefetch(i, locality=2)
        for k in range(AT_ONCE):
            do(i + k * LANES, None, k)
    with loop(whole, stop, LANES) as i:
        do(i, stop, 0)

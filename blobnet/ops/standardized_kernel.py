"""BatchNorm, Scale and ReLU in one pass: the bits of `planes_kernel.py` and `activation_kernel.py`.

    x, y, dy, dx   flat, seen as rows of `width` values; row r belongs to channel r % channels
    n              (x - mean) / sqrt(variance + eps), which is not kept
    factor, shift  one number for each channel: y = n * factor + shift, or 0 if that is below

range(begin, end) counts channels: their values stay in a processor's cache from sums to results.
Every step is rounded, and every sum added up, as if it were done by itself.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.planes_kernel import moments_of_channel, over_channel, sums_of_channel
from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import loop, when
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import load, splat, store, where


@exact_kernel
@traced
def forward(
    begin: Value, end: Value, width: Value, x: Flat, factor: Flat, shift: Flat, lowest: Value,
    eps: Value, y: Flat, saved: Flat, mean: Flat, variance: Flat,
) -> None:  # fmt: skip
    """y, and what it is made with; saved = x, unless it is empty. `y` may be x.

    lowest  0 for a rectifier; -infinity where none follows
    """
    step, count = mean.size * width, x.size // mean.size

    def make(c: Value) -> None:
        center, beside, squares = moments_of_channel(c * width, width, step, x)
        off = beside / count
        spread = squares / count - off * off
        mean[c] = center + off
        variance[c] = where(spread < 0, 0, spread)
        m, inv_std, a, b = mean[c], 1 / np.sqrt(variance[c] + eps), factor[c], shift[c]

        def make_one(i: Value, end: Value | None, to: Flat | None) -> None:
            v = load(x, i, end)
            if to is not None:
                store(v, to, i, end)
            v = (v - m) * inv_std * a + b
            store(where(v < lowest, lowest, v), y, i, end)

        with when(saved.size == 0):
            over_channel(x, c * width, width, step, lambda i, end, _: make_one(i, end, None), y)
        with when(saved.size > 0):
            fetched = y, saved
            over_channel(
                x, c * width, width, step, lambda i, end, _: make_one(i, end, saved), *fetched
            )

    with loop(begin, end) as c:
        make(c)


@exact_kernel
@traced
def backward(
    begin: Value, end: Value, width: Value, x: Flat, y: Flat, dy: Flat, factor: Flat,
    stopped: Value, mean: Flat, inv_std: Flat, dx: Flat, sums: Flat, sums_of_products: Flat,
) -> None:  # fmt: skip
    """dx; and of each channel, the sum of what came through the rectifier, and of that times n.

    stopped  what a gradient is multiplied by where y is not above 0: 0, or 1 without a rectifier

    `dx` may be dy, and y may be x where there is no rectifier.
    """
    step, count = mean.size * width, x.size // mean.size
    one, none = splat(x, 1), splat(x, 0).like(stopped)

    def give_back(c: Value) -> None:
        m, spread, a, first = mean[c], inv_std[c], factor[c], c * width

        def through(i: Value, end: Value | None) -> Value:
            passed: Value = load(dy, i, end) * where(load(y, i, end) > 0, one, none)
            return passed

        def beside(i: Value, end: Value | None) -> Value:
            distance: Value = load(x, i, end) - m
            return distance

        def of_scale(i: Value, end: Value | None) -> tuple[Value, Value]:
            return through(i, end).in_double(), (beside(i, end) * spread).in_double()

        def of_norm(i: Value, end: Value | None) -> tuple[Value, Value]:
            return (through(i, end) * a).in_double(), beside(i, end).in_double()

        found = sums_of_channel(x, first, width, step, (of_scale, of_norm), dy, y)
        (sums[c], sums_of_products[c]), (total, product) = found
        slope, offset = product / count * (spread * spread), total / count

        def give_one(i: Value, end: Value | None, _: int) -> None:
            along = beside(i, end) * slope + offset
            store((through(i, end) * a - along) * spread, dx, i, end)

        over_channel(x, first, width, step, give_one, dx)

    with loop(begin, end) as c:
        give_back(c)

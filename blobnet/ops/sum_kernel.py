"""Sums over the values of images and of channels: side by side in lanes, whatever the processor.

Lane i of four vectors in turn has every 32nd value; the vectors are added up pair by pair, then
the lanes, halves to each other. So a sum has the same bits however many threads there are.
"""

from __future__ import annotations

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import loop, variable
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import load, splat, sum_of_lanes

AT_ONCE = 4
"""Vectors that are added to: as many additions are on their way."""


@exact_kernel
@traced
def image_means(begin: Value, end: Value, x: Flat, size: Value, counts: Flat, y: Flat) -> None:
    """y[n] = the sum of x[n * size : + size] / counts[0]."""
    with loop(begin, end) as n:
        y[n] = sum_of_lanes(_sum_of_row(x, n * size, (n + 1) * size)) / counts[0]


@exact_kernel
@traced
def channel_sums(
    begin: Value, end: Value, x: Flat, images: Value, channels: Value, places: Value, y: Flat
) -> None:
    """y[c] += the sum of x[n, c, :] over all images n."""
    with loop(begin, end) as c:
        total = variable(splat(x, 0))
        with loop(0, images) as n:
            row = (n * channels + c) * places
            total[0] = total[0] + _sum_of_row(x, row, row + places)
        y[c] = y[c] + sum_of_lanes(total[0])


def _sum_of_row(x: Flat, begin: Value, end: Value) -> Value:
    """A vector of sums of every LANES-th value."""
    totals = [variable(splat(x, 0)) for _ in range(AT_ONCE)]
    step = AT_ONCE * LANES
    whole = begin + (end - begin) // step * step
    with loop(begin, whole, step) as i:
        for k, total in enumerate(totals):
            total[0] = total[0] + load(x, i + k * LANES)
    with loop(whole, end, LANES) as i:
        totals[0][0] = totals[0][0] + load(x, i, end)
    a, b, c, d = (total[0] for total in totals)
    return (a + b) + (c + d)

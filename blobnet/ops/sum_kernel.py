"""Sums over the values of images and of channels: side by side in lanes, whatever the processor.

Lane i of four vectors in turn has every 32nd value; the vectors are added up pair by pair, then
the lanes, halves to each other. So a sum has the same bits however many threads there are.
"""

from __future__ import annotations

from typing import Any

from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.ops.simd.vector import load, splat, sum_of_lanes
from blobnet.types import Array


@exact_kernel
def image_means(begin: int, end: int, x: Array, size: int, counts: Array, y: Array) -> None:
    """y[n] = the sum of x[n * size : + size] / counts[0]."""
    for n in range(begin, end):
        y[n] = sum_of_lanes(_sum_of_row(x, n * size, (n + 1) * size)) / counts[0]


@exact_kernel
def channel_sums(
    begin: int, end: int, x: Array, images: int, channels: int, places: int, y: Array
) -> None:
    """y[c] += the sum of x[n, c, :] over all images n."""
    for c in range(begin, end):
        total = splat(x, 0)
        for n in range(images):
            row = (n * channels + c) * places
            total += _sum_of_row(x, row, row + places)
        y[c] += sum_of_lanes(total)


@inlined
def _sum_of_row(x: Array, begin: int, end: int) -> Any:
    """A vector of sums of every LANES-th value."""
    a, b, c, d = splat(x, 0), splat(x, 0), splat(x, 0), splat(x, 0)
    whole = begin + (end - begin) // (4 * LANES) * (4 * LANES)
    for i in range(begin, whole, 4 * LANES):
        a += load(x, i)
        b += load(x, i + LANES)
        c += load(x, i + 2 * LANES)
        d += load(x, i + 3 * LANES)
    for i in range(whole, end, LANES):
        a += load(x, i, end)
    return (a + b) + (c + d)

"""Local response normalization with beta = 0.75, in one pass, with the operations of `ops/lrn.py`.

    sizes    channels, values in a plane, neighbours on each side; then, across channels, strips
             in a plane and values in a strip
    numbers  the factor of one square in the bracket; k; the factor of the second term of dx

All arrays are flat. Across channels an item is a strip of an image's planes, which stays in the
cache while all channels go by; within a channel it is a plane.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops import pooling_kernel as pooling
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.ops.simd.vector import load, store
from blobnet.types import Array

Sizes = tuple[int, int, int, int, int]


@exact_kernel
def forward_across(
    begin: int, end: int, sizes: Sizes, numbers: Array, x: Array, scale: Array, y: Array
) -> None:
    channels, plane, reach, strips, strip = sizes
    for item in range(begin, end):
        first = item // strips * channels * plane + item % strips * strip
        length = min(strip, plane - item % strips * strip)
        for c in range(channels):
            row = first + c * plane
            for i in range(0, length, LANES):
                v = load(x, row + i, row + length)
                total = v * v
                for distance in range(1, reach + 1):
                    above, below = row - distance * plane, row + distance * plane
                    if c >= distance:
                        v = load(x, above + i, above + length)
                        total += v * v
                    if c + distance < channels:
                        v = load(x, below + i, below + length)
                        total += v * v
                store(total, scale, row + i, row + length)
        rows, length = _rows(sizes, length)
        for at in range(first, first + rows * plane, plane):
            some = slice(at, at + length)
            _normalize(numbers, x[some], scale[some], y[some])


@exact_kernel
def backward_across(
    begin: int, end: int, sizes: Sizes, ratios: Array, sums: Array,
    numbers: Array, x: Array, dy: Array, scale: Array, dx: Array,
) -> None:  # fmt: skip
    channels, plane, reach, strips, strip = sizes
    for item in range(begin, end):
        first = item // strips * channels * plane + item % strips * strip
        length = min(strip, plane - item % strips * strip)
        rows, row_length = _rows(sizes, length)
        for c in range(rows):
            some = slice(first + c * plane, first + c * plane + row_length)
            _ratios(x[some], dy[some], scale[some], ratios[c * strip :], dx[some])
        for c in range(channels):
            row = c * strip
            for i in range(0, length, LANES):
                total = load(ratios, row + i, row + length)
                for distance in range(1, reach + 1):
                    above, below = row - distance * strip, row + distance * strip
                    if c >= distance:
                        total += load(ratios, above + i, above + length)
                    if c + distance < channels:
                        total += load(ratios, below + i, below + length)
                store(total, sums, row + i, row + length)
        for c in range(rows):
            some = slice(first + c * plane, first + c * plane + row_length)
            _add_second_term(numbers, x[some], sums[c * strip :], dx[some])


@inlined
def _rows(sizes: Sizes, length: int) -> tuple[int, int]:
    """How many rows a strip has, and how long they are: where it is all of the planes, one."""
    channels, plane, _, strips, _ = sizes
    return (1, channels * plane) if strips == 1 else (channels, length)


@exact_kernel
def forward_within(
    begin: int, end: int, window: pooling.Sizes, ones: Array, across: Array, squares: Array,
    numbers: Array, x: Array, scale: Array, y: Array,
) -> None:  # fmt: skip
    plane = window[0] * window[1]
    for item in range(begin, end):
        some = slice(item * plane, (item + 1) * plane)
        row = x[some]
        for i in range(len(row)):
            squares[i] = row[i] * row[i]
        pooling.averages(0, 1, window, squares, ones, across, scale[some])
        _normalize(numbers, row, scale[some], y[some])


@exact_kernel
def backward_within(
    begin: int, end: int, window: pooling.Sizes, ones: Array, across: Array, ratios: Array,
    sums: Array, numbers: Array, x: Array, dy: Array, scale: Array, dx: Array,
) -> None:  # fmt: skip
    plane = window[0] * window[1]
    for item in range(begin, end):
        some = slice(item * plane, (item + 1) * plane)
        _ratios(x[some], dy[some], scale[some], ratios, dx[some])
        pooling.averages(0, 1, window, ratios, ones, across, sums)
        _add_second_term(numbers, x[some], sums, dx[some])


@inlined
def _normalize(numbers: Array, x: Array, scale: Array, y: Array) -> None:
    """From the sums of squares to the bracket and y."""
    weight, k = numbers[0], numbers[1]
    for i in range(len(x)):
        bracket = scale[i] * weight + k
        root = np.sqrt(bracket)
        scale[i] = bracket
        y[i] = x[i] / (root * np.sqrt(root))


@inlined
def _ratios(x: Array, dy: Array, scale: Array, ratios: Array, dx: Array) -> None:
    """dx = dy / scale ^ beta, the first term, and ratios = dy * y / scale."""
    for i in range(len(x)):
        root = np.sqrt(scale[i])
        direct = dy[i] / (root * np.sqrt(root))
        ratios[i] = direct * x[i] / scale[i]
        dx[i] = direct


@inlined
def _add_second_term(numbers: Array, x: Array, sums: Array, dx: Array) -> None:
    factor = numbers[2]
    for i in range(len(x)):
        dx[i] += sums[i] * x[i] * factor

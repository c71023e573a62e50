"""Maximum and average over windows of images, and their gradients, image by image.

    sizes  height, width, rows, columns (of the places), then of the window: kernel down and
           across, stride down and across, pad at the top and at the left

x and dx are images of height by width, y and dy of rows by columns, one behind the other; all
arrays are flat. Range(begin, end) counts images.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.ops.simd.vector import (
    add,
    all_lanes,
    divide,
    load_masked,
    load_strided,
    store_masked,
    store_strided,
    where_larger,
)
from blobnet.types import Array, IntArray

Sizes = tuple[int, int, int, int, int, int, int, int, int, int]


@exact_kernel
def maxima(
    begin: int, end: int, sizes: Sizes, x: Array, lowest: float, y: Array, argmax: Array
) -> None:
    """y = the largest value in each window, `argmax` = 1 + the number of the first tap with it."""
    height, width, rows, columns, kernel_h, kernel_w, stride_h, stride_w, top, left = sizes
    outside, none = all_lanes(x, lowest), all_lanes(x, 0)
    for n in range(begin, end):
        for r in range(rows):
            first = r * stride_h - top
            y_row = (n * rows + r) * columns
            for q in range(0, columns, LANES):
                best, tap = outside, none
                for i in range(max(0, -first), min(kernel_h, height - first)):
                    row = (n * height + first + i) * width
                    for j in range(kernel_w):
                        pixels = load_strided(
                            x, row, q * stride_w - left + j, stride_w, width, outside
                        )
                        number = all_lanes(x, i * kernel_w + j + 1)
                        tap = where_larger(pixels, best, number, tap)
                        best = where_larger(pixels, best, pixels, best)
                store_masked(best, y, y_row + q, columns - q)
                store_masked(tap, argmax, y_row + q, columns - q)


@exact_kernel
def maxima_backward(
    begin: int, end: int, sizes: Sizes, dy: Array, argmax: Array, taps: IntArray, dx: Array
) -> None:
    """dx = the sum of `dy` over the windows whose maximum each value is.

    taps  by argmax: how far from the first pixel of a window it is
    """
    height, width, rows, columns, _, _, stride_h, stride_w, top, left = sizes
    y_row, nothing = begin * rows * columns, all_lanes(dx, 0)
    for n in range(begin, end):
        image = n * height * width
        for i in range(0, height * width, LANES):
            store_masked(nothing, dx, image + i, height * width - i)
        for r in range(rows):
            first = image + (r * stride_h - top) * width - left
            for q in range(columns):
                tap = argmax[y_row + q]
                if tap > 0:
                    dx[np.uint64(first + q * stride_w + taps[tap])] += dy[y_row + q]
            y_row += columns


@exact_kernel
def averages(
    begin: int, end: int, sizes: Sizes, x: Array, counts: Array, across: Array, y: Array
) -> None:
    """y = the sum over each window, first across, then down, divided by `counts`."""
    height, width, rows, columns, kernel_h, kernel_w, stride_h, stride_w, top, left = sizes
    nothing, one = all_lanes(x, 0), all_lanes(x, 1)
    pitch = -(-columns // LANES) * LANES
    for n in range(begin, end):
        for r in range(height):
            row = (n * height + r) * width
            for q in range(0, columns, LANES):
                total = nothing
                for j in range(kernel_w):
                    pixels = load_strided(x, row, q * stride_w - left + j, stride_w, width, nothing)
                    total = add(total, pixels)
                store_masked(total, across, r * pitch + q, LANES)
        for r in range(rows):
            first = r * stride_h - top
            y_row = (n * rows + r) * columns
            for q in range(0, columns, LANES):
                total = nothing
                for i in range(max(0, -first), min(kernel_h, height - first)):
                    total = add(total, load_masked(across, (first + i) * pitch, q, pitch, nothing))
                total = divide(total, load_masked(counts, r * columns, q, columns, one))
                store_masked(total, y, y_row + q, columns - q)


@exact_kernel
def averages_backward(
    begin: int, end: int, sizes: Sizes, dy: Array, counts: Array,
    shares: Array, across: Array, dx: Array,
) -> None:  # fmt: skip
    """dx = the sum of `dy` / `counts` over the windows that hold each value: `averages` backwards.

    shares  scratch memory: a row of whole vectors for each row of places
    across  scratch memory: the same with rows as wide as the image
    """
    height, width, rows, columns, kernel_h, kernel_w, stride_h, stride_w, top, left = sizes
    nothing, one = all_lanes(dx, 0), all_lanes(dx, 1)
    pitch, wide = -(-columns // LANES) * LANES, -(-width // LANES) * LANES
    for n in range(begin, end):
        for r in range(rows):
            for q in range(0, columns, LANES):
                grad = load_masked(dy, (n * rows + r) * columns, q, columns, nothing)
                count = load_masked(counts, r * columns, q, columns, one)
                store_masked(divide(grad, count), shares, r * pitch + q, LANES)
        for r in range(rows):
            _averages_backward_across(
                shares, r * pitch, pitch, kernel_w, stride_w, left, across, r * wide, width
            )
        first, last = 0, -1
        for y in range(height):
            while last + 1 < rows and (last + 1) * stride_h - top <= y:
                last += 1
            while first * stride_h - top + kernel_h <= y:
                first += 1
            for column in range(0, width, LANES):
                total = nothing
                for r in range(last, first - 1, -1):
                    total = add(total, load_masked(across, r * wide, column, wide, nothing))
                store_masked(total, dx, (n * height + y) * width + column, width - column)


@inlined
def _averages_backward_across(
    share: Array, share_row: int, columns: int, kernel: int, stride: int, left: int,
    total: Array, row: int, width: int,
) -> None:  # fmt: skip
    """total[row : row + width] = for each pixel, the sum of `share` over the windows with it."""
    nothing = all_lanes(total, 0)
    for remainder in range(stride):  # pixels that lie a stride apart see the same taps
        for q in range(0, (width - 1 + left - remainder) // stride + 1, LANES):
            grad = nothing
            for j in range(remainder, kernel, stride):
                grad = add(grad, load_masked(share, share_row, q - j // stride, columns, nothing))
            store_strided(grad, total, row, q * stride + remainder - left, stride, width)

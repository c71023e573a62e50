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
from blobnet.ops.simd.vector import load, load_strided, splat, store, store_strided, where
from blobnet.types import Array, IntArray

Sizes = tuple[int, int, int, int, int, int, int, int, int, int]


@exact_kernel
def maxima(
    begin: int, end: int, sizes: Sizes, x: Array, lowest: float, y: Array, argmax: Array
) -> None:
    """y = the largest value in each window, `argmax` = 1 + the number of the first tap with it."""
    height, width, rows, columns, kernel_h, kernel_w, stride_h, stride_w, top, left = sizes
    for n in range(begin, end):
        for r in range(rows):
            first = r * stride_h - top
            y_row = (n * rows + r) * columns
            for q in range(0, columns, LANES):
                best, tap = splat(x, lowest), splat(x, 0)
                for i in range(max(0, -first), min(kernel_h, height - first)):
                    row = (n * height + first + i) * width
                    for j in range(kernel_w):
                        column = q * stride_w - left + j
                        pixels = load_strided(x, row, column, stride_w, width, lowest)
                        is_larger = pixels > best
                        tap = where(is_larger, i * kernel_w + j + 1, tap)
                        best = where(is_larger, pixels, best)
                store(best, y, y_row + q, y_row + columns)
                store(tap, argmax, y_row + q, y_row + columns)


@exact_kernel
def maxima_backward(
    begin: int, end: int, sizes: Sizes, dy: Array, argmax: Array, taps: IntArray, dx: Array
) -> None:
    """dx = the sum of `dy` over the windows whose maximum each value is.

    taps  by argmax: how far from the first pixel of a window it is
    """
    height, width, rows, columns, _, _, stride_h, stride_w, top, left = sizes
    y_row = begin * rows * columns
    for n in range(begin, end):
        image = n * height * width
        for i in range(image, image + height * width, LANES):
            store(splat(dx, 0), dx, i, image + height * width)
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
    pitch = -(-columns // LANES) * LANES
    for n in range(begin, end):
        for r in range(height):
            row = (n * height + r) * width
            for q in range(0, columns, LANES):
                total = splat(x, 0)
                for j in range(kernel_w):
                    total += load_strided(x, row, q * stride_w - left + j, stride_w, width)
                store(total, across, r * pitch + q)
        for r in range(rows):
            first = r * stride_h - top
            row, y_row = r * columns, (n * rows + r) * columns
            for q in range(0, columns, LANES):
                total = splat(x, 0)
                for i in range(max(0, -first), min(kernel_h, height - first)):
                    total += load(across, (first + i) * pitch + q)
                total = total / load(counts, row + q, row + columns, 1)
                store(total, y, y_row + q, y_row + columns)


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
    pitch, wide = -(-columns // LANES) * LANES, -(-width // LANES) * LANES
    for n in range(begin, end):
        for r in range(rows):
            row, y_row = r * columns, (n * rows + r) * columns
            for q in range(0, columns, LANES):
                grad = load(dy, y_row + q, y_row + columns)
                count = load(counts, row + q, row + columns, 1)
                store(grad / count, shares, r * pitch + q)
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
            row = (n * height + y) * width
            for column in range(0, width, LANES):
                total = splat(dx, 0)
                for r in range(last, first - 1, -1):
                    total += load(across, r * wide + column)
                store(total, dx, row + column, row + width)


@inlined
def _averages_backward_across(
    share: Array, share_row: int, columns: int, kernel: int, stride: int, left: int,
    total: Array, row: int, width: int,
) -> None:  # fmt: skip
    """total[row : row + width] = for each pixel, the sum of `share` over the windows with it."""
    for remainder in range(stride):  # pixels that lie a stride apart see the same taps
        for q in range(0, (width - 1 + left - remainder) // stride + 1, LANES):
            grad = splat(total, 0)
            for j in range(remainder, kernel, stride):
                grad += load_strided(share, share_row, q - j // stride, 1, columns)
            store_strided(grad, total, row, q * stride + remainder - left, stride, width)

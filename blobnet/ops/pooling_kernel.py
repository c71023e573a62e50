"""Maximum and average over windows of images, and their gradients, image by image.

x and dx are images of height by width, y and dy of rows by columns, one behind the other; all
arrays are flat. Range(begin, end) counts images.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import either, loop, variable, when
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.lanes import every
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Operand, Value
from blobnet.ops.simd.vector import (
    load,
    load_row,
    load_strided,
    maximum,
    minimum,
    splat,
    store,
    store_strided,
    where,
)

USUAL = (3, 1), (2, 2), (3, 2)
"""How wide most windows are, and their stride."""


class Sizes(NamedTuple):
    """The numbers of a pooling; kernels get them as a tuple."""

    height: Any
    width: Any
    rows: Any  # of the places
    columns: Any
    kernel_down: Any  # of the window, as all that follows
    kernel_across: Any
    stride_down: Any
    stride_across: Any
    pad_above: Any
    pad_left: Any

    def first_row(self, row: Operand) -> Any:
        """The row of pixels, there or not, in which the window of a row of places begins."""
        return row * self.stride_down - self.pad_above

    def first_column(self, column: Operand) -> Any:
        return column * self.stride_across - self.pad_left

    def taps_down(self, row: Value) -> Any:
        """The rows of the window that are in the image."""
        first = self.first_row(row)
        return loop(maximum(0, -first), minimum(self.kernel_down, self.height - first))


@exact_kernel
@traced
def maxima(
    begin: Value, end: Value, sizes: tuple[Value, ...], x: Flat, lowest: Value, y: Flat,
    argmax: Flat,
) -> None:  # fmt: skip
    """y = the largest value in each window, `argmax` = 1 + the number of the first tap with it."""
    s = Sizes(*sizes)
    with loop(begin, end) as n, loop(0, s.rows) as r, loop(0, s.columns, LANES) as q:
        best, tap = variable(splat(x, lowest)), variable(splat(x, 0))
        with s.taps_down(r) as i, loop(0, s.kernel_across) as j:
            row, column = (n * s.height + s.first_row(r) + i) * s.width, s.first_column(q) + j
            pixels = load_strided(x, row, column, s.stride_across, s.width, lowest)
            is_larger = pixels > best[0]
            tap[0] = where(is_larger, i * s.kernel_across + j + 1, tap[0])
            best[0] = where(is_larger, pixels, best[0])
        row = (n * s.rows + r) * s.columns
        store(best[0], y, row + q, row + s.columns)
        store(tap[0], argmax, row + q, row + s.columns)


@exact_kernel
@traced
def largest(
    begin: Value, end: Value, sizes: tuple[Value, ...], x: Flat, lowest: Value, y: Flat
) -> None:
    """y as `maxima` has it, but for the signs of zeros: where nobody asks which tap it was."""
    s = Sizes(*sizes)

    def over(best_of: Callable[[Value, Value, Value], Value]) -> None:
        with loop(begin, end) as n, loop(0, s.rows) as r, loop(0, s.columns, LANES) as q:
            row = (n * s.rows + r) * s.columns
            store(best_of(n, r, q), y, row + q, row + s.columns)

    def tap_by_tap(n: Value, r: Value, q: Value) -> Value:
        best = variable(splat(x, lowest))
        with s.taps_down(r) as i, loop(0, s.kernel_across) as j:
            row, column = (n * s.height + s.first_row(r) + i) * s.width, s.first_column(q) + j
            _take(best, load_strided(x, row, column, s.stride_across, s.width, lowest))
        return best[0]

    choose = partial(over, tap_by_tap)
    for across, stride in USUAL:
        is_it = (s.kernel_across == across) & (s.stride_across == stride)
        best_of = partial(_largest_of_columns, s, x, lowest, across, stride)
        choose = partial(either, is_it, partial(over, best_of), choose)
    choose()


def _largest_of_columns(
    s: Sizes, x: Flat, lowest: Value, across: int, stride: int, n: Value, r: Value, q: Value
) -> Value:
    """Down first, in whole vectors as they lie in memory, then across."""
    count = -(-((LANES - 1) * stride + across) // LANES)
    seen = [variable(splat(x, lowest)) for _ in range(count)]
    column = s.first_column(q)
    with s.taps_down(r) as i:
        line = x.at((n * s.height + s.first_row(r) + i) * s.width)
        for best, pixels in zip(seen, load_row(line, column, s.width, lowest, count), strict=True):
            _take(best, pixels)
    best = variable(splat(x, lowest))
    for j in range(across):
        _take(best, every(stride, j, [some[0] for some in seen]))
    return best[0]


def _take(best: Flat, pixels: Value) -> None:
    """Those that are larger. NaN is not."""
    best[0] = where(pixels > best[0], pixels, best[0])


@exact_kernel
@traced
def maxima_backward(
    begin: Value, end: Value, sizes: tuple[Value, ...], dy: Flat, argmax: Flat, taps: Flat, dx: Flat
) -> None:
    """dx = the sum of `dy` over the windows whose maximum each value is.

    taps  by argmax: how far from the first pixel of a window it is
    """
    s = Sizes(*sizes)
    size = s.height * s.width
    with loop(begin, end) as n:
        image = n * size
        with loop(image, image + size, LANES) as i:
            store(splat(dx, 0), dx, i, image + size)
        with loop(0, s.rows) as r, loop(0, s.columns) as q:
            at = (n * s.rows + r) * s.columns + q
            tap = argmax[at]
            with when(tap != 0):
                first = image + s.first_row(r) * s.width + s.first_column(q)
                pixel = first + taps[tap]
                dx[pixel] = dx[pixel] + dy[at]


@exact_kernel
@traced
def averages(
    begin: Value, end: Value, sizes: tuple[Value, ...], x: Flat, counts: Flat, across: Flat, y: Flat
) -> None:
    """y = the sum over each window, first across, then down, divided by `counts`."""
    s = Sizes(*sizes)
    pitch = _whole_vectors(s.columns)
    with loop(begin, end) as n:
        with loop(0, s.height) as r, loop(0, s.columns, LANES) as q:
            total = variable(splat(x, 0))
            row = (n * s.height + r) * s.width
            with loop(0, s.kernel_across) as j:
                column = s.first_column(q) + j
                _add(total, load_strided(x, row, column, s.stride_across, s.width))
            store(total[0], across, r * pitch + q)
        with loop(0, s.rows) as r, loop(0, s.columns, LANES) as q:
            total = variable(splat(x, 0))
            with s.taps_down(r) as i:
                _add(total, load(across, (s.first_row(r) + i) * pitch + q))
            row, y_row = r * s.columns, (n * s.rows + r) * s.columns
            count = load(counts, row + q, row + s.columns, 1)
            store(total[0] / count, y, y_row + q, y_row + s.columns)


@exact_kernel
@traced
def averages_backward(
    begin: Value, end: Value, sizes: tuple[Value, ...], dy: Flat, counts: Flat, shares: Flat,
    across: Flat, dx: Flat,
) -> None:  # fmt: skip
    """dx = the sum of `dy` / `counts` over the windows that hold each value: `averages` backwards.

    shares  scratch memory: a row of whole vectors for each row of places
    across  scratch memory: the same with rows as wide as the image
    """
    s = Sizes(*sizes)
    pitch, wide = _whole_vectors(s.columns), _whole_vectors(s.width)
    with loop(begin, end) as n:
        with loop(0, s.rows) as r, loop(0, s.columns, LANES) as q:
            row, y_row = r * s.columns, (n * s.rows + r) * s.columns
            grad = load(dy, y_row + q, y_row + s.columns)
            count = load(counts, row + q, row + s.columns, 1)
            store(grad / count, shares, r * pitch + q)
        with loop(0, s.rows) as r:
            _averages_backward_across(s, shares, r * pitch, pitch, across, r * wide)
        with loop(0, s.height) as y:
            # the rows of places from `first` on, up to `last`, whose windows hold this row
            last = minimum((y + s.pad_above) // s.stride_down, s.rows - 1)
            above = maximum(0, y + s.pad_above - s.kernel_down + s.stride_down)
            first = above // s.stride_down
            row = (n * s.height + y) * s.width
            with loop(0, s.width, LANES) as column:
                total = variable(splat(dx, 0))
                with loop(first, last + 1) as k:
                    _add(total, load(across, (first + last - k) * wide + column))
                store(total[0], dx, row + column, row + s.width)


def _averages_backward_across(
    s: Sizes, share: Flat, share_row: Value, pitch: Value, total: Flat, row: Value
) -> None:
    """total[row : row + width] = for each pixel, the sum of `share` over the windows with it."""
    with loop(0, s.stride_across) as remainder:  # pixels a stride apart see the same taps
        count = (s.width - 1 + s.pad_left - remainder + s.stride_across) // s.stride_across
        with loop(0, count, LANES) as q:
            grad = variable(splat(total, 0))
            with loop(remainder, s.kernel_across, s.stride_across) as j:
                column = q - j // s.stride_across
                _add(grad, load_strided(share, share_row, column, 1, pitch))
            column = s.first_column(q) + remainder
            store_strided(grad[0], total, row, column, s.stride_across, s.width)


def _add(total: Flat, vector: Value) -> None:
    total[0] = total[0] + vector


def _whole_vectors(count: Operand) -> Any:
    return (count + LANES - 1) // LANES * LANES

"""Windows that move down an image, LANES places wide: for kernels over one channel.

Row by row such a kernel loads what the taps of its window see, and uses it for every place whose
window has that row. This patch is a tile: vector (i, j) is what the taps in column j see, from
all of these places, in the i-th of the rows that are new to the window. Other tiles go with it:

    taps  each weight, in all lanes
    sums  of places or pixels not complete yet, which move on when the window does; or of weights

All arrays are flat, and nothing is checked but where the rows of an image end, and the image.
"""

from __future__ import annotations

from functools import partial

from blobnet.ops.simd.emit import Flat, Tile, fma
from blobnet.ops.simd.flow import either, when
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.lanes import every, first_lanes, interleaved, lanes_below
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import store_row, sum_of_lanes, where


@traced
def load_patch(
    x: Flat, rows: int, columns: int, image: Value, row: Value, height: Value, column: Value,
    tap_step: Value, place_step: int, width: Value,
) -> Tile:  # fmt: skip
    """The patch that `columns` taps see in `rows` rows of an image, from `row` on.

    The first tap of the first place is at `column`. Taps are `tap_step` apart, places
    `place_step`; one of them is 1. x[image + row * width + column] has `height` and `width`, and
    0 lies around it.
    """
    vectors: list[Value] = []
    for i in range(rows):
        line, end = row_of_image(x, image, row + i, height, width)

        def see(first: Value, line: Flat = line, end: Value = end) -> Value:
            return line.load(first, mask=lanes_below(first, end))

        if place_step == 1:
            vectors += [see(column + tap_step * j) for j in range(columns)]
        else:
            reach = (LANES - 1) * place_step + columns
            seen = [see(column + first) for first in range(0, reach, LANES)]
            vectors += [every(place_step, j, seen) for j in range(columns)]
    return Tile(rows, columns, vectors)


@traced
def prefetch_rows(x: Flat, at: Value, width: Value, rows: int) -> None:
    """Ask the processor for x[at], and below it in `rows` rows; they need not exist."""
    for i in range(rows):
        x.prefetch(at + width * i)


def row_of_image(
    x: Flat, image: Value, row: Value, height: Value, width: Value
) -> tuple[Flat, Value]:
    """A row of an image, and its width: 0 outside of the image."""
    return x.at(image + row * width), where(row.below(height), width, 0)


@traced
def splats(taps: Tile, a: Flat, at: Value) -> Tile:
    """The tile whose vectors have a[at], a[at + 1], ... in all lanes."""
    return taps.of(vector.like(a[at + k]) for k, vector in enumerate(taps.vectors))


@traced
def add_patch(sums: Tile, taps: Tile, patch: Tile) -> Tile:
    """Add a patch, times the taps, to the sums of places: (m, 0) is that of m places above."""
    totals = [*sums.vectors]
    for a in range(patch.rows):
        for m, ky in enumerate(range(a, taps.rows, patch.rows)):
            for factor, value in zip(taps.row(ky), patch.row(a), strict=True):
                totals[m] = fma(factor, value, totals[m])
    return sums.of(totals)


@traced
def add_grad(sums: Tile, taps: Tile, grad: Tile) -> Tile:
    """Add the gradient of a row of places, times every tap, to the sums of pixels.

    sums   (rows from where the first tap looks, stride): vector (i, b) has the columns of pixels
           that leave b when divided by the stride
    grad   (1, steps that the taps reach over): the last one has its first tap in these columns
    """
    totals, step = [*sums.vectors], sums.columns
    for ky in range(taps.rows):
        for kx in reversed(range(taps.columns)):
            value, at = grad.vectors[grad.columns - 1 - kx // step], ky * step + kx % step
            totals[at] = fma(taps.row(ky)[kx], value, totals[at])
    return sums.of(totals)


@traced
def add_products(
    sums: Tile, patch: Tile, grad: Tile, row: Value, row_step: Value, rows: Value, count: Value
) -> Tile:
    """Add a patch times the gradient, (m, 0) that of m places above, to the sums of all taps.

    Only places count that are there, whatever else is loaded: rows `row`, `row` - `row_step`, ...
    in range(rows), and the first `count` lanes.
    """
    totals, mask, size = [*sums.vectors], first_lanes(count), len(patch.vectors)
    for m, factor in enumerate(grad.vectors):
        old = totals[m * size : (m + 1) * size]  # the last may have fewer rows

        def added(factor: Value = factor, old: list[Value] = old) -> list[Value]:
            pairs = zip(patch.vectors, old, strict=False)
            return [where(mask, fma(value, factor, total), total) for value, total in pairs]

        totals[m * size : (m + 1) * size] = either(row.below(rows), added, partial(list, old))
        row = row - row_step
    return sums.of(totals)


@traced
def push(tile: Tile, lanes: Value) -> Tile:
    """The tile moved on by one vector, with `lanes` at its front."""
    return tile.of([lanes, *tile.vectors[:-1]])


@traced
def last(tile: Tile) -> Value:
    """The last vector of the tile."""
    return tile.vectors[-1]


@traced
def drop(tile: Tile, rows: int) -> Tile:
    """The tile without its first rows, with zeros behind."""
    count = rows * tile.columns
    return tile.of(tile.vectors[count:] + [tile.vectors[0].like(0)] * count)


@traced
def store_pixels(
    sums: Tile, rows: int, y: Flat, image: Value, row: Value, height: Value, column: Value,
    width: Value,
) -> None:  # fmt: skip
    """Store the first `rows` rows, their vectors interleaved, where the image has such pixels.

    The first of them is at (row, column).
    """
    for a in range(rows):
        line = y.at(image + (row + a) * width)
        with when((row + a).below(height)):
            for k, vector in enumerate(interleaved(sums.row(a))):
                store_row(vector, line, column + k * LANES, width)


@traced
def add_lanes(sums: Tile, a: Flat, at: Value) -> None:
    """a[at + k] += the lanes of vector k."""
    start = a.at(at)
    for k, vector in enumerate(sums.vectors):
        start[k] = start[k] + sum_of_lanes(vector)

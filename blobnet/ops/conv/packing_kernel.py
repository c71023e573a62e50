"""How images lie in memory while kernels work on them: planes by subgrid, columns, places first."""

from __future__ import annotations

from blobnet.ops.simd.copies import (
    copy_ends,
    copy_panel,
    prefetch,
    transpose_rows,
)
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import inlined, kernel
from blobnet.ops.simd.register_tile import NR
from blobnet.ops.simd.vector import (
    add,
    all_lanes,
    load,
    load_strided,
    store,
    store_masked,
    store_strided,
)
from blobnet.types import Array, IntArray


@kernel
def space_to_depth(
    x: Array, x_at: int, channels: int, height: int, width: int,
    planes: Array, planes_at: int, subgrids: IntArray, rows: int, columns: int,
    stride: IntArray, first: IntArray, first_row: int,
) -> None:  # fmt: skip
    """Sort images into planes by subgrid: planes[c, f, r, q] = x[c, r * sy + a, q * sx + b].

    (a, b) is subgrids[f] + first, rows count from `first_row`; zeros where there is no such pixel.
    Whole vectors are written from front to back: what one writes too much the next overwrites,
    and some lanes behind the planes lose their values.
    """
    nothing = all_lanes(x, 0)
    for c in range(channels):
        for f in range(len(subgrids)):
            a, b = subgrids[f, 0] + first[0], subgrids[f, 1] + first[1]
            for r in range(first_row, first_row + rows):
                y = r * stride[0] + a
                row, there = x_at + (c * height + y) * width, width
                if y < 0 or y >= height:
                    row, there = x_at, 0
                for q in range(0, columns, LANES):
                    pixels = load_strided(x, row, q * stride[1] + b, stride[1], there, nothing)
                    store(pixels, planes, planes_at + q)
                planes_at += columns


@kernel
def gather(
    x: Array, x_at: int, terms: IntArray, offsets: IntArray, end_offsets: IntArray, ends: IntArray,
    columns: Array,
) -> None:  # fmt: skip
    """Columns: what every term sees from all places, in panels as wide as a tile.

    columns[panel, term, vector] = x[x_at + terms[term] + an offset : + LANES], but from one of
    its lanes on, which is in `ends`, what is at one of `end_offsets`: so a vector may go over the
    end of a row. These tables are empty where none does.
    """
    panel = len(columns) // (len(offsets) // NR)
    for v in range(0, len(offsets), NR):
        to, following = v // NR * panel, offsets[min(v + NR, len(offsets) - 1)]
        for k in range(len(terms)):
            prefetch(x, x_at + terms[k] + following)
            prefetch(x, x_at + terms[k] + following + 2 * LANES)
            copy_panel(x, x_at + terms[k], offsets, v, columns, to)
            if len(ends) > 0:
                copy_ends(x, x_at + terms[k], end_offsets, ends, v, columns, to)
            to += NR * LANES


@kernel
def depth_to_space(
    planes: Array, outputs: int, subgrids: IntArray, rows: int, columns: int,
    y: Array, y_at: int, height: int, width: int, stride: IntArray, first_row: int,
) -> None:  # fmt: skip
    """The reverse of `space_to_depth`: y[m, r * sy + a, q * sx + b] = planes[f, m, r, q].

    (a, b) is subgrids[f]; rows count from `first_row`; what falls outside of y is left out.
    """
    source = 0
    for f in range(len(subgrids)):
        a, b = subgrids[f]
        end = max(0, min(width, b + columns * stride[1]))  # a subgrid may lie beside the image
        for m in range(outputs):
            for r in range(first_row, first_row + rows):
                line = r * stride[0] + a
                if line >= 0 and line < height:
                    to = y_at + (m * height + line) * width
                    for q in range(0, columns, LANES):
                        pixels = load(planes, source + q)
                        store_strided(pixels, y, to, q * stride[1] + b, stride[1], end)
                source += columns


@kernel
def col2im(
    col_diff: Array, rows: int, pitch: int, first: int, channels: int, x: Array, x_at: int,
    x_height: int, x_width: int, kernel_height: int, kernel_width: int,
    pad_above: int, dilation_down: int, dilation_across: int,
) -> None:  # fmt: skip
    """x = the gradient of its columns, added up where the taps have looked.

    col_diff[channel, tap, row : pitch]  with zeros around the places of a row
    first                             where that of the first tap is, for the first column of x
    """
    plane, none = rows * pitch, all_lanes(x, 0)
    for c in range(channels):
        for y in range(x_height):
            for q in range(0, x_width, LANES):
                total = none
                for ky in range(kernel_height):
                    r = y + pad_above - ky * dilation_down
                    if r >= 0 and r < rows:
                        at = (c * kernel_height + ky) * kernel_width * plane + r * pitch + first + q
                        for _ in range(kernel_width):
                            total = add(total, load(col_diff, at))
                            at += plane - dilation_across
                store_masked(total, x, x_at + (c * x_height + y) * x_width + q, x_width - q)


@inlined
def turn(
    y: Array, y_at: int, row: int, outputs: int, places: int, turned: Array, to: int, step: int,
    ahead: int,
) -> None:  # fmt: skip
    """turned[to + p * step + m] = y[y_at + m * row + p]: all outputs of a place side by side.

    The last one stands again behind them, up to `step`. What is `ahead` will be turned next: it
    is on its way from memory while kernels work on this.
    """
    last = places - LANES
    for m in range(0, step, LANES):
        first = min(m, outputs - 1)
        at, rows = y_at + first * row, outputs - first
        if last < 0:
            for p in range(places):
                for i in range(LANES):
                    turned[to + p * step + m + i] = y[at + min(i, rows - 1) * row + p]
        else:
            for p in range(0, places, LANES):
                p = min(p, last)
                transpose_rows(y, at + p, row, rows, ahead, turned, to + p * step + m, step)

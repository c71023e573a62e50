"""Packing: how images lie in memory while kernels work on them.

Planes by subgrid, so that neighbours in the output look at neighbours; micropanels of columns, the
matrix B of a product, as wide as a register tile; panels of outputs that are transposed.
"""

from __future__ import annotations

from blobnet.ops.simd.emit import Flat, Value
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import inlined, kernel
from blobnet.ops.simd.lanes import first_lanes
from blobnet.ops.simd.register_tile import NR
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.vector import load, load_strided, splat, store, store_strided, transpose
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
    for c in range(channels):
        for f in range(len(subgrids)):
            a, b = subgrids[f, 0] + first[0], subgrids[f, 1] + first[1]
            for r in range(first_row, first_row + rows):
                y = r * stride[0] + a
                row, there = x_at + (c * height + y) * width, width
                if y < 0 or y >= height:
                    row, there = x_at, 0
                for q in range(0, columns, LANES):
                    pixels = load_strided(x, row, q * stride[1] + b, stride[1], there)
                    store(pixels, planes, planes_at + q)
                planes_at += columns


@kernel
def pack_b(
    x: Array, x_at: int, terms: IntArray, offsets: IntArray, end_offsets: IntArray, ends: IntArray,
    columns: Array,
) -> None:  # fmt: skip
    """The matrix B: what every term sees from all places, in micropanels NR vectors wide.

    columns[micropanel, term, vector] = x[x_at + terms[term] + an offset : + LANES], but from one
    of its lanes on, which is in `ends`, what is at one of `end_offsets`: so a vector may go over
    the end of a row. These tables are empty where none does.
    """
    panel = len(columns) // (len(offsets) // NR)
    for v in range(0, len(offsets), NR):
        to, following = v // NR * panel, offsets[min(v + NR, len(offsets) - 1)]
        for k in range(len(terms)):
            _pack_row(x, x_at + terms[k], offsets, v, following, columns, to)
            if len(ends) > 0:
                _pack_ends(x, x_at + terms[k], end_offsets, ends, v, columns, to)
            to += NR * LANES


@traced
def _pack_row(
    x: Flat, at: Value, offsets: Flat, v: Value, following: Value, columns: Flat, to: Value
) -> None:
    """A row of a micropanel; the processor is asked for the same one of the next."""
    for line in range(2):
        x.prefetch(at + following + line * 2 * LANES)
    for c in range(NR):
        columns.store(x.load(at + offsets[v + c]), to + c * LANES)


@traced
def _pack_ends(
    x: Flat, at: Value, end_offsets: Flat, ends: Flat, v: Value, columns: Flat, to: Value
) -> None:
    """What stands in a row of a micropanel from the lanes `ends` on."""
    for c in range(NR):
        vector, mask = x.load(at + end_offsets[v + c]), ~first_lanes(ends[v + c])
        columns.store(vector, to + c * LANES, mask)


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
    plane = rows * pitch
    for c in range(channels):
        for y in range(x_height):
            row = x_at + (c * x_height + y) * x_width
            for q in range(0, x_width, LANES):
                total = splat(x, 0)
                for ky in range(kernel_height):
                    r = y + pad_above - ky * dilation_down
                    if r >= 0 and r < rows:
                        at = (c * kernel_height + ky) * kernel_width * plane + r * pitch + first + q
                        for _ in range(kernel_width):
                            total += load(col_diff, at)
                            at += plane - dilation_across
                store(total, x, row + q, row + x_width)


@inlined
def pack_transposed(
    y: Array, y_at: int, row: int, outputs: int, places: int, packed: Array, to: int, step: int,
    ahead: int,
) -> None:  # fmt: skip
    """packed[to + p * step + m] = y[y_at + m * row + p]: all outputs of a place side by side.

    The last one stands again behind them, up to `step`. What is `ahead` will be packed next: it
    is on its way from memory while kernels work on this.
    """
    last = places - LANES
    for m in range(0, step, LANES):
        first = min(m, outputs - 1)
        at, rows = y_at + first * row, outputs - first
        if last < 0:
            for p in range(places):
                for i in range(LANES):
                    packed[to + p * step + m + i] = y[at + min(i, rows - 1) * row + p]
        else:
            for p in range(0, places, LANES):
                p = min(p, last)
                transpose(y, at + p, row, packed, to + p * step + m, step, rows, ahead)

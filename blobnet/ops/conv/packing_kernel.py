"""Packing: how images lie in memory while kernels work on them.

Planes by subgrid, so that neighbours in the output look at neighbours; micropanels of columns, the
matrix B of a product, as wide as a register tile; panels of outputs that are transposed.
"""

from __future__ import annotations

from typing import NamedTuple

from blobnet.ops.conv.packing_plan import Reading
from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import either, loop, when
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.lanes import first_lanes
from blobnet.ops.simd.register_tile import NR
from blobnet.ops.simd.value import Operand, Value
from blobnet.ops.simd.vector import (
    load,
    load_strided,
    maximum,
    minimum,
    store,
    store_strided,
    transpose,
    where,
)


class Image(NamedTuple):
    """Some channels of an image: memory[at + (channel * height + row) * width + column]."""

    memory: Flat
    at: Operand
    channels: Operand
    height: Operand
    width: Operand

    def row(self, channel: Value, row: Value) -> Value:
        """Where a row begins."""
        return self.at + (channel * self.height + row) * self.width


class Planes(NamedTuple):
    """Images sorted by subgrid: rows and columns of each that lie `stride` apart are together."""

    memory: Flat
    at: Operand
    rows: Operand
    columns: Operand
    subgrids: Flat  # the first row and column of each
    stride: Flat
    first_row: Operand  # they hold from here on


def space_to_depth(x: Image, planes: Planes, first: Flat) -> None:
    """Sort an image into planes by subgrid: planes[c, f, r, q] = x[c, r * sy + a, q * sx + b].

    (a, b) is subgrids[f] + first; zeros where there is no such pixel. Whole vectors are written
    from front to back: what one writes too much the next overwrites, and some lanes behind the
    planes lose their values.
    """
    down, across = planes.stride[0], planes.stride[1]
    subgrids = planes.subgrids.shape[0]
    with loop(0, x.channels) as c, loop(0, subgrids) as f, loop(0, planes.rows) as r:
        y = (planes.first_row + r) * down + planes.subgrids[f, 0] + first[0]
        column = planes.subgrids[f, 1] + first[1]
        is_there = y.below(x.height)
        row, width = where(is_there, x.row(c, y), x.at), where(is_there, x.width, 0)
        to = planes.at + ((c * subgrids + f) * planes.rows + r) * planes.columns
        with loop(0, planes.columns, LANES) as q:
            pixels = load_strided(x.memory, row, q * across + column, across, width)
            store(pixels, planes.memory, to + q)


def depth_to_space(planes: Planes, y: Image) -> None:
    """The reverse of `space_to_depth`: y[m, r * sy + a, q * sx + b] = planes[f, m, r, q].

    (a, b) is subgrids[f]; what falls outside of y is left out.
    """
    down, across = planes.stride[0], planes.stride[1]
    with loop(0, planes.subgrids.shape[0]) as f:
        column = planes.subgrids[f, 1]
        # a subgrid may lie beside the image
        end = maximum(0, minimum(y.width, column + planes.columns * across))
        with loop(0, y.channels) as m, loop(0, planes.rows) as r:
            row = (planes.first_row + r) * down + planes.subgrids[f, 0]
            source = planes.at + ((f * y.channels + m) * planes.rows + r) * planes.columns
            with when(row.below(y.height)), loop(0, planes.columns, LANES) as q:
                pixels = load(planes.memory, source + q)
                to = q * across + column
                store_strided(pixels, y.memory, y.row(m, row), to, across, end)


def panel_step(columns: Flat, reading: Reading) -> Value:
    """Values from one micropanel of the columns to the next."""
    panels: Value = reading.offsets.size // NR
    return columns.size // panels


def pack_b(x: Flat, x_at: Operand, terms: Flat, reading: Reading, columns: Flat) -> None:
    """The matrix B: what every term sees from all places, in micropanels NR vectors wide.

    columns[micropanel, term, vector] = x[x_at + terms[term] + an offset : + LANES], but from one
    of its lanes on, which is in `ends`, what is at one of `end_offsets`: so a vector may go over
    the end of a row. These tables are empty where none does.
    """
    panel, offsets = panel_step(columns, reading), reading.offsets
    with loop(0, offsets.size, NR) as v:
        following = offsets[minimum(v + NR, offsets.size - 1)]
        with loop(0, terms.size) as k:
            at, to = x_at + terms[k], v // NR * panel + k * (NR * LANES)
            for line in range(2):  # of the same row of the next micropanel
                x.prefetch(at + following + line * 2 * LANES)
            for c in range(NR):
                columns.store(x.load(at + offsets[v + c]), to + c * LANES)
            with when(reading.ends.size > 0):
                for c in range(NR):
                    mask = ~first_lanes(reading.ends[v + c])
                    vector = x.load(at + reading.end_offsets[v + c])
                    columns.store(vector, to + c * LANES, mask)


def pack_transposed(
    y: Flat, y_at: Value, row: Operand, outputs: Value, places: Value, packed: Flat, to: Value,
    step: Value, ahead: Value,
) -> None:  # fmt: skip
    """packed[to + p * step + m] = y[y_at + m * row + p]: all outputs of a place side by side.

    The last one stands again behind them, up to `step`. What is `ahead` will be packed next: it
    is on its way from memory while kernels work on this.
    """
    last = places - LANES
    with loop(0, step, LANES) as m:
        first = minimum(m, outputs - 1)
        at, rows = y_at + first * row, outputs - first

        def one_by_one(m: Value = m, at: Value = at, rows: Value = rows) -> None:
            with loop(0, places) as p:
                for i in range(LANES):
                    output = minimum(i, rows - 1)
                    packed[to + p * step + m + i] = y[at + output * row + p]

        def by_vectors(m: Value = m, at: Value = at, rows: Value = rows) -> None:
            with loop(0, places, LANES) as begin:
                p = minimum(begin, last)
                transpose(y, at + p, row, packed, to + p * step + m, step, rows, ahead)

        either(last < 0, one_by_one, by_vectors)

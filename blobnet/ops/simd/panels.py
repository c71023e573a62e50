"""Micropanels of a matrix product: how they are packed, multiplied, and where sums go.

A micropanel has one term of the sums after the other: of A the rows of a tile, of B its columns.
What is missing at an edge is 0, or anything that is not looked at. All arrays are flat, and nothing
is checked.
"""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from blobnet.ops.simd.emit import Flat, Tile, fma
from blobnet.ops.simd.flow import either, keep_rolled, loop, variable, when
from blobnet.ops.simd.isa import CACHE_LINE, LANES
from blobnet.ops.simd.lanes import first_lanes, transposed
from blobnet.ops.simd.microkernel import rank_1_update
from blobnet.ops.simd.register_tile import NARROW_NR, NR
from blobnet.ops.simd.value import INT64, Value, is_double
from blobnet.ops.simd.vector import leaky, where

DOT_TERMS = 4 * LANES
"""Terms that `dot` adds to as many sums: 4 vectors have 4 additions on their way."""

NOTHING = -0.0
"""What changes no number that it is added to, not even a 0."""


def vectors_of(like: Flat) -> int:
    """How many vectors a tile is wide: of float64 half as many fill the registers."""
    return NARROW_NR if is_double(like.element) else NR


def aligned(room: Flat) -> Flat:
    """The same memory, from where a line of the cache begins."""
    builder = room.builder
    address = Value(builder, builder.ptrtoint(room.pointer, INT64)) + (CACHE_LINE - 1)
    start = builder.and_(address.code, ir.Constant(INT64, -CACHE_LINE))
    return Flat(builder, builder.inttoptr(start, room.pointer.type))


def least(a: Value, b: Value) -> Value:
    smaller: Value = where(a < b, a, b)
    return smaller


def pack(
    x: Flat, at: Value, step: Value, term_step: Value, there: Value, count: Value,
    room: Flat, width: int,
) -> None:  # fmt: skip
    """room[k * width + i] = x[at + i * step + k * term_step]; only i < `there` are needed.

    One of the steps is 1. Whole vectors are written from front to back: what one writes too much
    the next overwrites, and some values behind the last, LANES rows, are lost.
    """

    def copy() -> None:
        masks = [first_lanes(there - i) for i in range(0, width, LANES)]
        with loop(0, count) as k:
            row = at + k * term_step
            for number, mask in enumerate(masks):
                i = number * LANES
                room.store(x.load(row + i, mask=mask), k * width + i)
                x.prefetch(row + (width + i))

    def turn() -> None:
        with loop(0, least(there, there.like(width)), LANES) as i:
            rows = [at + least(i + r, there - 1) * step for r in range(LANES)]
            with loop(0, count, LANES) as k:
                mask, lines = first_lanes(count - k), []
                for row in rows:
                    x.prefetch(row + LANES * step + k)
                    lines.append(x.load(row + k, mask=mask))
                for number, line in enumerate(transposed(lines)):
                    room.store(line, (k + number) * width + i)

    either(step == 1, copy, turn)


def multiply_into(
    tile: Tile, a: Flat, a_step: Value | int, b: Flat, b_step: int, count: Value,
    is_first: Value, sums: Flat,
) -> None:  # fmt: skip
    """sums = the products of two micropanels, plus what is there if they are not the first.

    For terms k from 0 to `count` in turn: a[k * a_step + r] * the vector c at b[k * b_step].

    tile  of zeros; its rows are stored `b_step` apart
    """
    totals = [variable(vector) for vector in tile.vectors]
    with loop(0, count) as k:
        keep_rolled(a.builder)
        column, row_at = a.at(k * a_step), b.at(k * b_step)
        row = [row_at.load(c * tile.lanes, tile.lanes) for c in range(tile.columns)]
        now = tile.of(total[0] for total in totals)
        new = rank_1_update(now, (column[r] for r in range(tile.rows)), row)
        for total, vector in zip(totals, new.vectors, strict=True):
            total[0] = vector
    places = [r * b_step + c * tile.lanes for r in range(tile.rows) for c in range(tile.columns)]
    with when(~is_first):
        for total, place in zip(totals, places, strict=True):
            total[0] = sums.load(place, tile.lanes) + total[0]
    for total, place in zip(totals, places, strict=True):
        sums.store(total[0], place)


def finish(
    sums: Flat, rows: Value, columns: Value, c: Flat, c_step: Value, adds: Value,
    bias: Flat, biased: Value, slope: Value,
) -> None:  # fmt: skip
    """c[r * c_step + j] = leaky(sums, plus what is there if it `adds`, plus bias[j] if `biased`).

    adds, biased  1 or 0
    """
    width = vectors_of(c) * LANES

    def store(lanes: int, masks: Sequence[Value | None]) -> None:
        places = range(0, width, lanes)
        nothing = Value(c.builder, ir.Constant(c.vector(lanes), [NOTHING] * lanes))
        shifts = either(
            biased == 1,
            lambda: [bias.load(j, lanes, mask) for j, mask in zip(places, masks, strict=True)],
            lambda: [nothing] * len(places),
        )
        slopes = nothing.like(slope)
        with loop(0, rows) as r:
            row, its = c.at(r * c_step), sums.at(r * width)
            for j, shift, mask in zip(places, shifts, masks, strict=True):
                there = where(adds == 1, row.load(j, lanes, mask), nothing)
                row.store(leaky(there + its.load(j, lanes) + shift, slopes), j, mask)

    def store_some() -> None:
        store(LANES, [first_lanes(columns - j) for j in range(0, width, LANES)])

    wide = LANES if width % (2 * LANES) else 2 * LANES
    either(columns >= width, lambda: store(wide, [None] * (width // wide)), store_some)


def dot(a: Flat, b: Flat, count: Value) -> Value:
    """A vector of sums of a[k] * b[k]: in lane i, those whose k is i more than whole vectors."""
    places = range(0, DOT_TERMS, LANES)
    totals = [variable(Value(a.builder, ir.Constant(a.vector(), None))) for _ in places]
    whole = count // DOT_TERMS * DOT_TERMS
    with loop(0, whole, DOT_TERMS) as k:
        keep_rolled(a.builder)
        for place, total in zip(places, totals, strict=True):
            total[0] = fma(a.load(k + place), b.load(k + place), total[0])
    for place, total in zip(places, totals, strict=True):
        at, mask = whole + place, first_lanes(count - whole - place)
        total[0] = fma(a.load(at, mask=mask), b.load(at, mask=mask), total[0])
    first, second, third, fourth = (total[0] for total in totals)
    return (first + second) + (third + fourth)

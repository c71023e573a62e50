"""Images of bytes in another size as planes of floats: a pixel, with all channels, in a register.

A row of the image that a new row lies in or near is mixed along its length first, into scratch
memory: FOUR numbers of 16 bits for each new pixel, however many channels there are. Rows are mixed
once where new ones follow one another: row r waits in half r % 2.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from llvmlite import ir

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import counter, loop, when
from blobnet.ops.simd.isa import LANES, whole
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import INT32, INT64, Value
from blobnet.ops.simd.vector import minimum, store, where

FOUR = 4
"""Bytes that are read for a pixel, and numbers that are kept of it."""

INT16 = ir.IntType(16)


class Resizing(NamedTuple):
    """What is to be made of an image; `neighbours` has the tables.

    whole           so many new columns, from the first on, have pixels behind which a row goes on
                    for FOUR bytes
    across, down    (2, width or height): where in a row its two pixels begin, and the two rows
    ..._weights     (2, width or height): theirs, in steps of 1 / 2048
    order           the image's channel for each plane
    means, factors  for each plane
    """

    row: Any  # bytes of the image; at least FOUR
    width: Any
    height: Any
    whole: Any
    across: Any
    across_weights: Any
    down: Any
    down_weights: Any
    order: Any
    means: Any
    factors: Any


def room_for(width: int) -> int:
    """Numbers of scratch memory that a thread needs."""
    return 2 * FOUR * whole(width, LANES)


@exact_kernel
@traced
def resize_to_planes(
    begin: Value, end: Value, image: Flat, planes: Flat, its: tuple[Any, ...], mixed: Flat
) -> None:
    """planes = (resized - mean) * factor, for the new rows from `begin` to `end`.

    image   uint8, row by row, the channels of a pixel side by side
    planes  float32, as many as `order` says
    mixed   uint16, as many as `room_for` says: see above
    """
    s = Resizing(*its)
    even, odd = (counter(begin.builder, -1) for _ in range(2))  # which row waits in each half
    half = (s.width + (LANES - 1)) // LANES * (LANES * FOUR)
    with loop(begin, end) as y:
        with loop(y.like(0), 2) as side:
            row = s.down[side * s.height + y]
            is_odd = row % 2 != 0
            with when(where(is_odd, odd[0], even[0]) != row):
                odd[0], even[0] = where(is_odd, row, odd[0]), where(is_odd, even[0], row)
                _mix(s, image.at(row * s.row), mixed.at(row % 2 * half))
        _blend(s, y, [mixed.at(s.down[y + n * s.height] % 2 * half) for n in (0, 1)], planes)


def _mix(s: Resizing, line: Flat, mixed: Flat) -> None:
    """A row's pixels, mixed for every new column. Of 255 * 2048 and less, 15 bits are left."""
    for first, last, room in ((0, s.whole, None), (s.whole, s.width, s.row)):
        with loop(first, last) as x:
            left, right = (
                _pixel(line, s.across[side], room) * s.across_weights[side]
                for side in (x, x + s.width)
            )
            mixed.store(_as((left + right) // 16, INT16), x * FOUR)


def _pixel(line: Flat, at: Value, room: Value | None) -> Value:
    """FOUR bytes as numbers of 32 bits; 0 for those behind the `room` of a row."""
    builder = line.builder
    if room is None:
        return _as(line.load(at, FOUR), INT32)
    start = minimum(at, room - FOUR)  # further in front, then without what is there
    word = builder.bitcast(line.load(start, FOUR).code, INT32)
    behind = builder.lshr(word, builder.trunc(((at - start) * 8).code, INT32))
    return _as(Value(builder, builder.bitcast(behind, line.vector(FOUR))), INT32)


def _blend(s: Resizing, y: Value, rows: list[Flat], planes: Flat) -> None:
    """A new row from two mixed ones, LANES pixels at a time, and its numbers to their planes."""
    builder, lanes = y.builder, FOUR * LANES
    weights = [s.down_weights[y + n * s.height] for n in (0, 1)]
    with loop(0, s.width, LANES) as x:
        total: Any = 2
        for row, weight in zip(rows, weights, strict=True):
            share = _as(row.load(x * FOUR, lanes), INT32) * weight // 2**16
            total = _as(share, INT16) + total
        pixels = builder.bitcast((total // 4).code, ir.VectorType(INT64, LANES))
        with loop(0, s.order.size) as plane:
            shift = Value(builder, pixels).like(s.order[plane] * 16)
            one = builder.and_(
                builder.trunc(builder.lshr(pixels, shift.code), ir.VectorType(INT32, LANES)),
                ir.Constant(ir.VectorType(INT32, LANES), [2**16 - 1] * LANES),
            )
            value = builder.sitofp(one, planes.vector())
            row_of_plane = (plane * s.height + y) * s.width
            made = (Value(builder, value) - s.means[plane]) * s.factors[plane]
            store(made, planes, row_of_plane + x, row_of_plane + s.width)


def _as(vector: Value, kind: Any) -> Value:
    """The lanes of a vector, none of them negative, in another type of whole numbers."""
    builder, wanted = vector.builder, ir.VectorType(kind, vector.kind.count)
    change = builder.zext if kind.width > vector.kind.element.width else builder.trunc
    return Value(builder, change(vector.code, wanted))

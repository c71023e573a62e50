"""The verbs of kernels for vectors: LANES neighbours in an array, side by side in a register.

    for i in range(begin, end, LANES):
        v = load(x, i, end)
        store(where(v > 0, v, v * slope), y, i, end)

A comparison is a mask, for `where`; a number among vectors stands in all of their lanes. `at` is
where in a flat array the first lane is. With an `end`, lanes behind it are neither read nor
written. `load_strided` and `store_strided` go along a row, from `column` on in steps, and leave out
what is not in range(width). All arrays are flat, and nothing is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import either, loop
from blobnet.ops.simd.isa import CACHE_LINE, LANES
from blobnet.ops.simd.lanes import (
    every,
    first_lanes,
    interleaved,
    lane_numbers,
    lanes_below,
    picked,
    transposed,
)
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import INT64, Operand, Value, common


@traced
def splat(like: Flat, number: Operand) -> Value:
    """One number in every lane, of the number type of the array `like`."""
    return Value(like.builder, ir.Constant(like.vector(), None)).like(number)


@traced
def where(mask: Any, yes: Any, no: Any) -> Any:
    """`yes` in the lanes of the mask, `no` in the others; or one of two numbers or arrays."""
    a, b = (yes, no) if isinstance(yes, Flat) else common(yes, no)
    return type(a)(mask.builder, mask.builder.select(mask.code, a.code, b.code))


@traced
def minimum(a: Operand, b: Operand) -> Value:
    smaller: Value = where(a < b, a, b)
    return smaller


@traced
def maximum(a: Operand, b: Operand) -> Value:
    larger: Value = where(a > b, a, b)
    return larger


@traced
def leaky(v: Value, slope: Operand) -> Value:
    """v where it is above 0, else v * slope: slope 1 leaves all values alone."""
    chosen: Value = where(v > 0, v, v * slope)
    return chosen


@traced
def load(x: Flat, at: Operand, end: Value | None = None, outside: Operand = 0) -> Value:
    """Lane i is x[at + i]; `outside` where that is not before the end."""
    if end is None:
        return x.load(at)
    rest = end - at
    value: Value = either(
        rest >= LANES,
        lambda: x.load(at),
        lambda: x.load(at, mask=first_lanes(rest), outside=outside),
    )
    return value


@traced
def store(v: Value, y: Flat, at: Operand, end: Value | None = None) -> None:
    """y[at + i] = lane i, where that is before the end; y may hold integers."""
    if isinstance(y.element, ir.IntType):
        v = Value(y.builder, y.builder.fptoui(v.code, y.vector()))
    if end is None:
        y.store(v, at)
        return
    rest = end - at
    either(rest >= LANES, lambda: y.store(v, at), lambda: y.store(v, at, mask=first_lanes(rest)))


def load_row(
    x: Flat, column: Value, width: Value, outside: Operand = 0, count: int = 1
) -> list[Value]:
    """`count` vectors, one behind the other, from `column` on, which may be outside of the row."""
    inside = (column >= 0) & (column + count * LANES <= width)

    def vector(first: Value) -> Value:
        value: Value = either(
            inside,
            lambda: x.load(first),
            lambda: x.load(first, mask=lanes_below(first, width), outside=outside),
        )
        return value

    return [vector(column + i * LANES) for i in range(count)]


@traced
def load_strided(
    x: Flat, row: Value, column: Value, step: Value | int, width: Value, outside: Operand = 0
) -> Value:
    """Lane i is x[row + column + i * step]; `outside` where that column is not in range(width)."""
    line = x.at(row)

    def apart() -> Value:
        columns = _columns(column, step)
        return line.gather(columns, columns.below(width), outside)

    value: Value = either(
        step == 1,
        lambda: load_row(line, column, width, outside)[0],
        lambda: either(
            step == 2, lambda: every(2, 0, load_row(line, column, width, outside, 2)), apart
        ),
    )
    return value


@traced
def store_strided(v: Value, y: Flat, row: Value, column: Value, step: Value, width: Value) -> None:
    """y[row + column + i * step] = lane i, where that column is in range(width)."""
    line = y.at(row)

    def apart() -> None:
        columns = _columns(column, step)
        line.scatter(v, columns, columns.below(width))

    either(step == 1, lambda: store_row(v, line, column, width), apart)


def store_row(v: Value, y: Flat, column: Value, width: Value) -> None:
    """The lanes of a vector from `column` on, which may be outside of the row."""
    either(
        (column >= 0) & (column + LANES <= width),
        lambda: y.store(v, column),
        lambda: y.store(v, column, mask=lanes_below(column, width)),
    )


@traced
def store_interleaved(vectors: Sequence[Value], y: Flat, at: Value, end: Value) -> None:
    """The first lanes of all vectors, then the second lanes, ..., before the end."""
    for k, vector in enumerate(interleaved(vectors)):
        store(vector, y, at + k * LANES, end)


@traced
def prefetch(x: Flat, at: Operand, count: Value | None = None) -> None:
    """Ask the processor for x[at], which need not exist: it will be read soon.

    Or for `count` numbers from there on, which will be read later.
    """
    if count is None:
        x.prefetch(at)
        return
    line = CACHE_LINE // x.bytes
    with loop(0, count // line) as k:
        x.at(at).prefetch(k * line, locality=2)


@traced
def transpose(
    x: Flat, at: Value, step: Operand, y: Flat, y_at: Value, y_step: Operand,
    rows: Value | None = None, ahead: Value | None = None,
) -> None:  # fmt: skip
    """y[y_at + i * y_step + r] = x[at + r * step + i], for LANES rows r and columns i.

    The last of fewer `rows` stands for those that are missing. The processor is asked for what is
    `ahead` of them, which need not exist.
    """
    lines = []
    for r in range(LANES):
        if ahead is not None:
            x.prefetch(at + ahead)
        lines.append(x.load(at))
        at = at + step if rows is None else where(rows <= r + 1, at, at + step)
    for line in transposed(lines):
        y.store(line, y_at)
        y_at = y_at + y_step


@traced
def sum_of_lanes(v: Value) -> Value:
    """Halves added to each other until one number is left."""
    for half in (4, 2, 1):
        v = v + picked([v], [(i + half) % LANES for i in range(LANES)])
    return v.lane(0)


def _columns(column: Value, step: Value | int) -> Value:
    numbers = lane_numbers(column.builder, INT64)
    return numbers * step + column

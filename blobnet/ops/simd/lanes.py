"""Lanes: which of them, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from llvmlite import ir

from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.value import INT32, Builder, Kind, Value


def lane_numbers(builder: Builder, kind: Kind = INT32) -> Value:
    """0 in the first lane, 1 in the second, ..."""
    return Value(builder, ir.Constant(ir.VectorType(kind, LANES), list(range(LANES))))


def first_lanes(count: Value) -> Value:
    """Which lanes are among the first `count`."""
    return lane_numbers(count.builder) < count


def lanes_below(first: Value, end: Value) -> Value:
    """In lane i, whether first + i is in range(end)."""
    return (lane_numbers(first.builder) + first).below(end)


def shuffled(a: Value, b: Value, lanes: Iterable[int]) -> Value:
    """The vector of these lanes, which are counted through both."""
    builder, numbers = a.builder, list(lanes)
    picks = ir.Constant(ir.VectorType(INT32, len(numbers)), numbers)
    return Value(builder, builder.shuffle_vector(a.code, b.code, picks))


def picked(vectors: Sequence[Value], lanes: Sequence[int]) -> Value:
    """The vector of these lanes, which are counted through all `vectors`."""
    first = [lane % (2 * LANES) for lane in lanes]
    found = shuffled(vectors[0], vectors[min(1, len(vectors) - 1)], first)
    for k, vector in enumerate(vectors[2:], 2):
        here = range(k * LANES, (k + 1) * LANES)
        picks = [lane - here[0] + LANES if lane in here else i for i, lane in enumerate(lanes)]
        found = shuffled(found, vector, picks)
    return found


def every(step: int, first: int, vectors: Sequence[Value]) -> Value:
    """The vector of lanes that are `step` apart."""
    return picked(vectors, range(first, first + LANES * step, step))


def interleaved(vectors: Sequence[Value]) -> list[Value]:
    """The first lanes of all vectors, then the second lanes, ...: as many vectors."""
    step = len(vectors)
    lanes = [lane % step * LANES + lane // step for lane in range(step * LANES)]
    return [picked(vectors, lanes[k : k + LANES]) for k in range(0, step * LANES, LANES)]


def transposed(rows: Sequence[Value]) -> list[Value]:
    """LANES vectors as columns: three rounds of exchange, of single lanes, of pairs, of halves."""
    found = list(rows)
    for size in (1, 2, 4):
        low = [lane if not lane & size else lane - size + LANES for lane in range(LANES)]
        for r in (r for r in range(LANES) if not r & size):
            pair = found[r], found[r | size]
            found[r], found[r | size] = (
                shuffled(*pair, [lane + shift for lane in low]) for shift in (0, size)
            )
    return found


def parts(vector: Value) -> list[Value]:
    """A longer vector in pieces of LANES lanes."""
    count = vector.kind.count
    if count == LANES:
        return [vector]
    return [shuffled(vector, vector, range(k, k + LANES)) for k in range(0, count, LANES)]

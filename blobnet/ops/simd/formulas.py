"""Formulas on vectors of lanes, and several vectors loaded or stored at once.

    @formula(results=2)
    def sums(a, b, c, d):
        return a + b + c, b - c - d

    even, odd = sums(load_rows(x, at, step, 4))

A formula is an ordinary function. When a kernel that uses it is compiled, it runs once on stand-ins
for the vectors, each of which writes one instruction: so it may use Python as it likes, and a
compiler has far less to think about than with as many calls of a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from blobnet.ops.simd.emit import number, store_in_range
from blobnet.ops.simd.memory import entry, load_vector, pointer_to
from blobnet.ops.simd.vector import LanesType


class Lanes:
    """A vector of lanes in a formula."""

    def __init__(self, builder: Any, value: Any) -> None:
        self._builder, self.value = builder, value

    def __add__(self, other: Lanes) -> Lanes:
        return Lanes(self._builder, self._builder.fadd(self.value, other.value))

    def __sub__(self, other: Lanes) -> Lanes:
        return Lanes(self._builder, self._builder.fsub(self.value, other.value))

    def __mul__(self, other: Lanes | float) -> Lanes:
        factor = other.value if isinstance(other, Lanes) else self._all(other)
        return Lanes(self._builder, self._builder.fmul(self.value, factor))

    def leaky(self, slope: Lanes) -> Lanes:
        """Itself in the lanes above 0, times `slope` in the others."""
        is_positive = self._builder.fcmp_ordered(">", self.value, self._all(0.0))
        chosen = self._builder.select(is_positive, self.value, (self * slope).value)
        return Lanes(self._builder, chosen)

    def _all(self, number: float) -> Any:
        """A constant in every lane."""
        vector = self.value.type
        return ir.Constant(vector, [number] * vector.count)


def formula(*, results: int) -> Callable[[Callable[..., Any]], Any]:
    """For kernels: a function of the vectors in a tuple, which returns a tuple of so many."""

    def decorate(function: Callable[..., Any]) -> Any:
        @intrinsic
        def apply(typing: Any, lanes: Any) -> Any:
            some = types.containers.UniTuple(lanes.dtype, results)

            def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
                vectors = [
                    Lanes(builder, value) for value in cgutils.unpack_tuple(builder, args[0])
                ]
                found = [lanes.value for lanes in function(*vectors)]
                return context.make_tuple(builder, some, found)

            return some(lanes), generate

        return apply

    return decorate


@intrinsic(prefer_literal=True)
def load_rows(typing: Any, x: Any, at: Any, step: Any, count: Any) -> Any:
    """`count` vectors: lane i of the k-th is x[at + k * step + i]."""
    kind, i64 = LanesType(x.dtype), types.int64
    some = types.containers.UniTuple(kind, count.literal_value)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x_, at_, step_, _ = args
        found = []
        for k in range(some.count):
            where = builder.add(at_, builder.mul(step_, number(k)))
            pointer = pointer_to(context, builder, x, x_, where)
            found.append(load_vector(builder, pointer, kind))
        return context.make_tuple(builder, some, found)

    return some(x, i64, i64, count), generate


@intrinsic(prefer_literal=True)
def load_rows_at(
    typing: Any, x: Any, at: Any, table: Any, first: Any, step: Any, count: Any
) -> Any:
    """`count` vectors: lane i of the k-th is x[at + table[first + k] * step + i]."""
    kind, i64 = LanesType(x.dtype), types.int64
    some = types.containers.UniTuple(kind, count.literal_value)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x_, at_, table_, first_, step_, _ = args
        found = []
        for k in range(some.count):
            offset = entry(context, builder, table, table_, first_, k)
            where = builder.add(at_, builder.mul(step_, offset))
            pointer = pointer_to(context, builder, x, x_, where)
            found.append(load_vector(builder, pointer, kind))
        return context.make_tuple(builder, some, found)

    return some(x, i64, table, i64, i64, count), generate


@intrinsic
def store_rows(typing: Any, lanes: Any, y: Any, at: Any, step: Any, count: Any) -> Any:
    """y[at + k * step + i] = lane i of the k-th vector, in the first `count` lanes."""
    i64 = types.int64

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes_, y_, at_, step_, count_ = args
        for k, value in enumerate(cgutils.unpack_tuple(builder, lanes_)):
            where = builder.add(at_, builder.mul(step_, number(k)))
            row = pointer_to(context, builder, y, y_, where)
            store_in_range(builder, value, y.dtype.bitwidth // 8, row, number(0), count_)
        return context.get_dummy_value()

    return types.void(lanes, y, i64, i64, i64), generate


@intrinsic
def store_rows_at(typing: Any, lanes: Any, y: Any, at: Any, table: Any, count: Any) -> Any:
    """y[at + table[k] + i] = lane i of the k-th vector, where that is not -1.

    In the first `count` lanes; the table has one entry for every vector.
    """
    i64 = types.int64

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes_, y_, at_, table_, count_ = args
        for k, value in enumerate(cgutils.unpack_tuple(builder, lanes_)):
            offset = entry(context, builder, table, table_, number(0), k)
            with builder.if_then(builder.icmp_signed(">=", offset, number(0))):
                row = pointer_to(context, builder, y, y_, builder.add(at_, offset))
                store_in_range(builder, value, y.dtype.bitwidth // 8, row, number(0), count_)
        return context.get_dummy_value()

    return types.void(lanes, y, i64, table, i64), generate

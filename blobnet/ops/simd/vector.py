"""Lanes: some neighbours in a row of windows, side by side in a vector register.

A kernel that slides a window over an image takes LANES places at a time. It loads what one tap of
the window sees from all of them, and combines the answers:

    best = all_lanes(x, lowest)
    for column in range(kernel):
        pixels = load_strided(x, row, column - pad, stride, width, best)
        best = where_larger(pixels, best, pixels, best)
    store_masked(best, y, at, count)

To the compiler these are vectors of numbers. All arrays are flat, and nothing is checked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, register_model

from blobnet.ops.simd.emit import (
    INT32,
    INT64,
    are_in_range,
    call_masked,
    is_in_range,
    lane_numbers,
    number,
    splat,
    store_in_range,
    vector_of,
)
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.memory import (
    data_of,
    emit_prefetch,
    load_vector,
    pointer_to,
    store_vector,
)

CACHE_LINE = 64
"""Bytes that come from memory together, on most processors."""


class LanesType(types.Type):
    """LANES numbers of type `scalar`."""

    def __init__(self, scalar: Any) -> None:
        self.scalar = scalar
        super().__init__(name=f"Lanes({scalar})")

    @property
    def vector(self) -> ir.Type:
        return vector_of(self.scalar)


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, lanes: LanesType) -> None:
        super().__init__(manager, lanes, lanes.vector)


@intrinsic
def all_lanes(typing: Any, like: Any, number: Any) -> Any:
    """One number in every lane, of the number type of the array `like`."""
    lanes = LanesType(like.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return splat(builder, context.cast(builder, args[1], number, like.dtype), lanes.vector)

    return lanes(like, number), generate


@intrinsic
def add(typing: Any, a: Any, b: Any) -> Any:
    """a + b"""
    return a(a, b), lambda context, builder, signature, args: builder.fadd(*args)


@intrinsic
def subtract(typing: Any, a: Any, b: Any) -> Any:
    """a - b"""
    return a(a, b), lambda context, builder, signature, args: builder.fsub(*args)


@intrinsic
def multiply(typing: Any, a: Any, b: Any) -> Any:
    """a * b"""
    return a(a, b), lambda context, builder, signature, args: builder.fmul(*args)


@intrinsic
def divide(typing: Any, a: Any, b: Any) -> Any:
    """a / b"""
    return a(a, b), lambda context, builder, signature, args: builder.fdiv(*args)


@intrinsic
def where_larger(typing: Any, a: Any, b: Any, yes: Any, no: Any) -> Any:
    """`yes` in the lanes where a > b, `no` in the others, also where one of them is NaN."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[2], args[3])

    return a(a, b, yes, no), generate


@intrinsic
def load(typing: Any, x: Any, at: Any) -> Any:
    """Lane i is x[at + i]."""
    lanes = LanesType(x.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = pointer_to(context, builder, x, *args)
        return load_vector(builder, pointer, lanes)

    return lanes(x, types.int64), generate


@intrinsic
def store(typing: Any, lanes: Any, y: Any, at: Any) -> Any:
    """y[at + i] = lane i."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = pointer_to(context, builder, y, *args[1:])
        store_vector(builder, args[0], pointer, lanes)
        return context.get_dummy_value()

    return types.void(lanes, y, types.int64), generate


@intrinsic
def load_masked(typing: Any, x: Any, row: Any, column: Any, width: Any, outside: Any) -> Any:
    """Lane i is x[row + column + i]; `outside` where that column is not in range(width)."""
    lanes, i64 = LanesType(x.dtype), types.int64

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x_, row_, column_, width_, outside_ = args
        data = data_of(context, builder, x, x_)
        return _neighbours(builder, lanes, data, row_, column_, width_, outside_, 1)[0]

    return lanes(x, i64, i64, i64, lanes), generate


@intrinsic
def load_strided(
    typing: Any, x: Any, row: Any, column: Any, step: Any, width: Any, outside: Any
) -> Any:
    """`load_masked` for columns that are `step` apart."""
    lanes, i64 = LanesType(x.dtype), types.int64

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x_, row_, column_, step_, width_, outside_ = args
        data = data_of(context, builder, x, x_)

        def neighbours(count: int) -> list[Any]:
            return _neighbours(builder, lanes, data, row_, column_, width_, outside_, count)

        def every_second() -> Any:
            return builder.shuffle_vector(*neighbours(2), lane_numbers(range(0, 2 * LANES, 2)))

        def apart() -> Any:
            data_ = builder.gep(data, [row_])
            pointers, inside = _lanes_apart(builder, lanes, data_, column_, step_, width_)
            alignment = ir.Constant(INT32, lanes.scalar.bitwidth // 8)
            arguments = [pointers, alignment, inside, outside_]
            return call_masked(builder, "gather", lanes.vector, lanes.vector, arguments)

        def not_neighbours() -> Any:
            is_two = builder.icmp_signed("==", step_, ir.Constant(INT64, 2))
            return _either(builder, is_two, every_second, apart)

        is_one = builder.icmp_signed("==", step_, ir.Constant(INT64, 1))
        return _either(builder, is_one, lambda: neighbours(1)[0], not_neighbours)

    return lanes(x, i64, i64, i64, i64, lanes), generate


@intrinsic
def load_tiles(
    typing: Any, x: Any, plane: Any, row: Any, height: Any, column: Any, width: Any
) -> Any:
    """Two rows of four pixels of LANES tiles, which lie two columns apart: eight vectors.

    x[plane + row * width + column] has `height` and `width`, and 0 lies around it.
    """
    lanes, i64 = LanesType(x.dtype), types.int64
    pixels = types.containers.UniTuple(lanes, 8)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x_, plane_, row_, height_, column_, width_ = args
        data = data_of(context, builder, x, x_)
        nothing = ir.Constant(lanes.vector, None)
        found = []
        for down in range(2):
            there = builder.add(row_, number(down))
            is_inside = builder.icmp_unsigned("<", there, height_)
            begin = builder.add(plane_, builder.mul(there, width_))
            end = builder.select(is_inside, width_, number(0))
            for across in (0, 2):
                first = builder.add(column_, number(across))
                both = _neighbours(builder, lanes, data, begin, first, end, nothing, 2)
                for pixel in range(2):
                    picks = lane_numbers(range(pixel, 2 * LANES, 2))
                    found.append(builder.shuffle_vector(*both, picks))
        return context.make_tuple(builder, pixels, found)

    return pixels(x, i64, i64, i64, i64, i64), generate


@intrinsic
def store_masked(typing: Any, lanes: Any, y: Any, at: Any, count: Any) -> Any:
    """y[at + i] = lane i, in the first `count` lanes; y may hold integers."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, y_, at_, count_ = args
        bits = y.dtype.bitwidth
        if isinstance(y.dtype, types.Integer):
            value = builder.fptoui(value, ir.VectorType(ir.IntType(bits), LANES))
        row = pointer_to(context, builder, y, y_, at_)
        store_in_range(builder, value, y.dtype.bitwidth // 8, row, number(0), count_)
        return context.get_dummy_value()

    return types.void(lanes, y, types.int64, types.int64), generate


@intrinsic
def store_strided(
    typing: Any, lanes: Any, y: Any, row: Any, column: Any, step: Any, width: Any
) -> Any:
    """y[row + column + i * step] = lane i, where that column is in range(width)."""
    i64 = types.int64

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, y_, row_, column_, step_, width_ = args
        start = pointer_to(context, builder, y, y_, row_)
        alignment = lanes.scalar.bitwidth // 8
        is_one = builder.icmp_signed("==", step_, number(1))
        with builder.if_else(is_one) as (neighbours, apart):
            with neighbours:
                store_in_range(builder, value, alignment, start, column_, width_)
            with apart:
                pointers, inside = _lanes_apart(builder, lanes, start, column_, step_, width_)
                arguments = [value, pointers, ir.Constant(INT32, alignment), inside]
                call_masked(builder, "scatter", ir.VoidType(), lanes.vector, arguments)
        return context.get_dummy_value()

    return types.void(lanes, y, i64, i64, i64, i64), generate


@intrinsic
def store_interleaved(
    typing: Any, even: Any, odd: Any, y: Any, row: Any, column: Any, width: Any
) -> Any:
    """y[row + column + i] = lane i / 2 of `even` or `odd`, where column + i is in range(width)."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        even_, odd_, y_, row_, column_, width_ = args
        row_ = pointer_to(context, builder, y, y_, row_)
        for half in range(2):
            pairs = [(half * LANES // 2 + i // 2) + i % 2 * LANES for i in range(LANES)]
            value = builder.shuffle_vector(even_, odd_, lane_numbers(pairs))
            there = builder.add(column_, number(half * LANES))
            store_in_range(builder, value, y.dtype.bitwidth // 8, row_, there, width_)
        return context.get_dummy_value()

    i64 = types.int64
    return types.void(even, odd, y, i64, i64, i64), generate


@intrinsic
def prefetch_range(typing: Any, a: Any, at: Any, count: Any) -> Any:
    """Let the processor bring `count` numbers from a[at] on nearer; they need not exist."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = pointer_to(context, builder, a, *args[:2])
        line = number(CACHE_LINE * 8 // a.dtype.bitwidth)
        with cgutils.for_range(builder, builder.udiv(args[2], line)) as loop:
            pointer = builder.gep(start, [builder.mul(loop.index, line)])
            emit_prefetch(builder, pointer, to_write=False, locality=2)
        return context.get_dummy_value()

    return types.void(a, types.int64, types.int64), generate


# --- pieces of code -------------------------------------------------------------------------------


def _neighbours(
    builder: Any, lanes: LanesType, data: Any, row: Any, column: Any, width: Any, outside: Any,
    count: int,
) -> list[Any]:  # fmt: skip
    """`count` vectors, of the columns from `column` on."""
    at = builder.gep(data, [builder.add(row, column)])
    pointers = [
        builder.bitcast(builder.gep(at, [number(i * LANES)]), lanes.vector.as_pointer())
        for i in range(count)
    ]
    alignment = lanes.scalar.bitwidth // 8

    def whole(i: int) -> Any:
        value = builder.load(pointers[i])
        value.align = alignment
        return value

    def part(i: int) -> Any:
        mask = is_in_range(builder, builder.add(column, number(i * LANES)), width)
        arguments = [pointers[i], ir.Constant(INT32, alignment), mask, outside]
        return call_masked(builder, "load", lanes.vector, lanes.vector, arguments)

    inside = are_in_range(builder, column, count * LANES, width)
    return [_either(builder, inside, partial(whole, i), partial(part, i)) for i in range(count)]


def _lanes_apart(
    builder: Any, lanes: LanesType, row: Any, column: Any, step: Any, width: Any
) -> tuple[Any, Any]:
    """Where in a row the lanes are that lie `step` apart, and which of them are in range(width)."""
    vector = ir.VectorType(INT64, LANES)
    steps = builder.mul(splat(builder, step, vector), ir.Constant(vector, list(range(LANES))))
    columns = builder.add(splat(builder, column, vector), steps)
    inside = builder.icmp_unsigned("<", columns, splat(builder, width, vector))
    size = ir.Constant(vector, [lanes.scalar.bitwidth // 8] * LANES)
    start = splat(builder, builder.ptrtoint(row, INT64), vector)
    addresses = builder.add(start, builder.mul(columns, size))
    return builder.inttoptr(addresses, ir.VectorType(row.type, LANES)), inside


def _either(builder: Any, condition: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """What `yes` or `no` computes."""
    with builder.if_else(condition) as (then, otherwise):
        with then:
            first, after_first = yes(), builder.block
        with otherwise:
            second, after_second = no(), builder.block
    value = builder.phi(first.type)
    value.add_incoming(first, after_first)
    value.add_incoming(second, after_second)
    return value

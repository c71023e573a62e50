"""Vectors of LANES numbers, or twice as many, in the words of the compiler."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from blobnet.ops.simd.isa import LANES

INT32, INT64 = ir.IntType(32), ir.IntType(64)


def vector_of(scalar: Any, lanes: int = LANES) -> Any:
    """The type of a vector of float32 or float64."""
    return ir.VectorType(ir.FloatType() if scalar == types.float32 else ir.DoubleType(), lanes)


def splat(builder: Any, number: Any, vector: Any) -> Any:
    """One number in every lane of a vector of this type."""
    nothing = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(INT32, 0))
    return builder.shuffle_vector(first, nothing, lane_numbers([0] * vector.count))


def call_masked(builder: Any, what: str, result: Any, vector: Any, arguments: list[Any]) -> Any:
    """The compiler's masked load, store, gather or scatter."""
    function = ir.FunctionType(result, [argument.type for argument in arguments])
    pointers = f"v{LANES}p0" if what in ("gather", "scatter") else "p0"
    name = f"llvm.masked.{what}.v{LANES}{vector.element.intrinsic_name}.{pointers}"
    return builder.call(cgutils.get_or_insert_function(builder.module, function, name), arguments)


def lane_numbers(numbers: Iterable[int]) -> Any:
    """Which lanes of two vectors a shuffle takes."""
    found = list(numbers)
    return ir.Constant(ir.VectorType(INT32, len(found)), found)


def number(value: int) -> Any:
    """A constant, to count and to index with."""
    return ir.Constant(INT64, value)


def fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """a * b + c, rounded once."""
    function = ir.FunctionType(a.type, [a.type] * 3)
    name = f"llvm.fma.v{a.type.count}{a.type.element.intrinsic_name}"
    return builder.call(cgutils.get_or_insert_function(builder.module, function, name), [a, b, c])


def is_in_range(builder: Any, first: Any, end: Any) -> Any:
    """In lane i, whether first + i is in range(end)."""
    vector = ir.VectorType(INT32, LANES)
    numbers = splat(builder, builder.trunc(first, INT32), vector)
    numbers = builder.add(numbers, ir.Constant(vector, list(range(LANES))))
    return builder.icmp_unsigned("<", numbers, splat(builder, builder.trunc(end, INT32), vector))


def are_in_range(builder: Any, first: Any, count: int, end: Any) -> Any:
    """Whether `count` numbers from `first` on are all in range(end)."""
    begins = builder.icmp_signed(">=", first, number(0))
    ends = builder.icmp_signed("<=", builder.add(first, number(count)), end)
    return builder.and_(begins, ends)


def store_in_range(
    builder: Any, vector: Any, alignment: int, row: Any, column: Any, width: Any
) -> None:
    """row[column + i] = lane i, where that column is in range(width)."""
    pointer = builder.bitcast(builder.gep(row, [column]), vector.type.as_pointer())
    with builder.if_else(are_in_range(builder, column, LANES, width)) as (whole, part):
        with whole:
            builder.store(vector, pointer).align = alignment
        with part:
            mask = is_in_range(builder, column, width)
            arguments = [vector, pointer, ir.Constant(INT32, alignment), mask]
            call_masked(builder, "store", ir.VoidType(), vector.type, arguments)

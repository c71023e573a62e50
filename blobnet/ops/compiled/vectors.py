"""Vectors of LANES numbers, in the words of the compiler: for `tile.py` and `lanes.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from blobnet.ops.tiles import LANES

INT32, INT64 = ir.IntType(32), ir.IntType(64)


def vector_of(scalar: Any) -> Any:
    """The type of a vector of float32 or float64."""
    return ir.VectorType(ir.FloatType() if scalar == types.float32 else ir.DoubleType(), LANES)


def splat(builder: Any, number: Any, vector: Any) -> Any:
    """One number in every lane of a vector of this type."""
    nothing = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(INT32, 0))
    return builder.shuffle_vector(first, nothing, lane_numbers([0] * LANES))


def call_masked(builder: Any, what: str, result: Any, vector: Any, arguments: list[Any]) -> Any:
    """The compiler's masked load or store."""
    function = ir.FunctionType(result, [argument.type for argument in arguments])
    name = f"llvm.masked.{what}.v{LANES}{vector.element.intrinsic_name}.p0"
    return builder.call(cgutils.get_or_insert_function(builder.module, function, name), arguments)


def lane_numbers(numbers: Iterable[int]) -> Any:
    """Which lanes of two vectors a shuffle takes."""
    return ir.Constant(ir.VectorType(INT32, LANES), list(numbers))

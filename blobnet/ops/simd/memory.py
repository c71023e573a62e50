"""How kernels reach memory, in the words of the compiler: what tiles and copies share.

kind  a type with a `vector` of LANES numbers of the type `scalar`
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from blobnet.ops.simd.emit import INT32, INT64, call_masked, splat
from blobnet.ops.simd.isa import LANES


def data_of(context: Any, builder: Any, array_type: Any, array: Any) -> Any:
    """Where array[0] is.

    One instruction, where numba's own way copies the array's structure: kernels ask often, and
    compilers have to clear it all away again.
    """
    return context.data_model_manager[array_type].get(builder, array, "data")


def pointer_to(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Where array[index] is."""
    return builder.gep(data_of(context, builder, array_type, array), [index])


def entry(context: Any, builder: Any, table_type: Any, table: Any, index: Any, offset: int) -> Any:
    """table[index + offset]"""
    where = builder.add(index, ir.Constant(INT64, offset))
    return builder.load(pointer_to(context, builder, table_type, table, where))


def load_vector(builder: Any, pointer: Any, kind: Any) -> Any:
    """The vector behind a pointer to its first number."""
    value = builder.load(builder.bitcast(pointer, kind.vector.as_pointer()))
    value.align = kind.scalar.bitwidth // 8
    return value


def store_vector(builder: Any, value: Any, pointer: Any, kind: Any) -> None:
    """Write a vector behind a pointer to its first number."""
    stored = builder.store(value, builder.bitcast(pointer, kind.vector.as_pointer()))
    stored.align = kind.scalar.bitwidth // 8


def load_lanes(builder: Any, pointer: Any, mask: Any, kind: Any) -> Any:
    """The lanes in `mask` of the vector behind a pointer, zeros in the others."""
    pointer = builder.bitcast(pointer, kind.vector.as_pointer())
    alignment = ir.Constant(INT32, kind.scalar.bitwidth // 8)
    arguments = [pointer, alignment, mask, ir.Constant(kind.vector, None)]
    return call_masked(builder, "load", kind.vector, kind.vector, arguments)


def store_lanes(builder: Any, value: Any, pointer: Any, mask: Any, kind: Any) -> None:
    """Write the lanes in `mask` of a vector."""
    alignment = ir.Constant(INT32, kind.scalar.bitwidth // 8)
    pointer = builder.bitcast(pointer, kind.vector.as_pointer())
    call_masked(builder, "store", ir.VoidType(), kind.vector, [value, pointer, alignment, mask])


def first_lanes(builder: Any, width: Any) -> Any:
    """Which lanes are among the first `width`."""
    vector = ir.VectorType(INT64, LANES)
    numbers = ir.Constant(vector, list(range(LANES)))
    return builder.icmp_signed("<", numbers, splat(builder, width, vector))


def emit_prefetch(builder: Any, pointer: Any, *, to_write: bool, locality: int = 3) -> None:
    """Ask the processor for a place in memory, which need not exist.

    locality  how near: 3 for the first cache, 2 for the second
    """
    pointer = builder.bitcast(pointer, ir.IntType(8).as_pointer())
    function = ir.FunctionType(ir.VoidType(), [pointer.type, INT32, INT32, INT32])
    data = 1  # and not instructions
    how = [ir.Constant(INT32, number) for number in (int(to_write), locality, data)]
    name = "llvm.prefetch.p0"
    builder.call(cgutils.get_or_insert_function(builder.module, function, name), [pointer, *how])

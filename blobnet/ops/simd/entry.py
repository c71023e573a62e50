"""The entry of a kernel: how code that knows no types starts it, as entry(begin, end, arguments).

`arguments` is where a row of 64-bit numbers lies, one after the other what the kernel takes behind
`begin` and `end`: the address of an array and its shape, a whole number, the bits of a float64; of
a tuple, what it holds. `ops/launch.py` makes such rows; an entry takes one apart and calls the
kernel. So a list of kernels can be run, by any thread, without the interpreter.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import typeof
from numba.core import types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.core.typing import signature

from blobnet.ops.jit import failed_to_compile
from blobnet.ops.simd.kernel import address_of
from blobnet.ops.simd.value import INT32, INT64

ENTRY = ir.FunctionType(INT32, [INT64, INT64, INT64.as_pointer()])
"""Of every kernel; it returns 0, or what numba says where a kernel has raised."""


def entry_of(kernel: Any, arguments: Sequence[Any]) -> int:
    """The address of the entry of `kernel` for arguments of the types of these.

    Raises KernelError where numba cannot compile it.
    """
    try:
        with global_compiler_lock:  # two threads may ask for the same one at once
            return _entry(kernel, tuple(typeof(argument) for argument in arguments))
    except MemoryError:
        raise
    except Exception as error:
        raise failed_to_compile(f"{kernel.__module__}.{kernel.__name__}", error) from error


@cache
def _entry(kernel: Any, kinds: tuple[Any, ...]) -> int:
    compiled = kernel.get_compile_result(signature(types.none, types.int64, types.int64, *kinds))
    name = f"entry {next(_numbers)} of {compiled.fndesc.llvm_func_name}"
    return _compile(_module(name, address_of(kernel, compiled), compiled.fndesc))


_numbers = count()
"""Kernels that two processes have kept may have one name: entries are told apart by a number."""


def _module(name: str, address: int, description: Any) -> tuple[str, Any]:
    """The code of an entry: its name, and a module with it alone.

    Arguments stand as numba hands them on, every field of an array by itself: a compiler takes ten
    times as long where structures are put together first, and taken apart again.
    """
    convention = cpu_target.target_context.call_conv
    kind = convention.get_function_type(description.restype, description.argtypes)
    module = ir.Module(name)
    module.triple = llvm.get_process_triple()
    function = ir.Function(module, ENTRY, name)
    builder = ir.IRBuilder(function.append_basic_block())
    begin, end, row = function.args
    fields, at = [begin, end], 0
    for argument in description.argtypes[2:]:
        some, at = _fields(builder, argument, row, at)
        fields += some
    for place, field in enumerate(fields):
        wanted = kind.args[2 + place]
        if isinstance(wanted, ir.PointerType) and isinstance(field.type, ir.IntType):
            fields[place] = builder.inttoptr(field, wanted)
    kernel = builder.inttoptr(ir.Constant(INT64, address), kind.as_pointer())
    result = builder.alloca(kind.args[0].pointee)
    excuse = builder.alloca(kind.args[1].pointee)
    builder.ret(builder.call(kernel, [result, excuse, *fields]))
    return name, module


def _fields(builder: Any, kind: Any, row: Any, at: int) -> tuple[list[Any], int]:
    """The fields of the argument that begins at row[at], and where the next one begins."""

    def number(offset: int) -> Any:
        return builder.load(builder.gep(row, [ir.Constant(INT64, at + offset)]))

    if isinstance(kind, types.Array):
        return _of_array(builder, kind, number), at + 1 + kind.ndim
    if isinstance(kind, types.containers.BaseTuple):
        fields = []
        for part in kind:
            some, at = _fields(builder, part, row, at)
            fields += some
        return fields, at
    if isinstance(kind, types.misc.NoneType):
        return [ir.Constant(INT64, 0)], at
    if isinstance(kind, types.Float):
        value = builder.bitcast(number(0), ir.DoubleType())
        return [value if kind == types.float64 else builder.fptrunc(value, ir.FloatType())], at + 1
    if isinstance(kind, types.Boolean):
        return [builder.trunc(number(0), ir.IntType(8))], at + 1
    return [
        builder.trunc(number(0), ir.IntType(kind.bitwidth)) if kind.bitwidth < 64 else number(0)
    ], at + 1


def _of_array(builder: Any, kind: Any, number: Any) -> list[Any]:
    """Owner, parent, number of items, size of an item, data, shape, strides: in one piece."""
    bits = 8 if isinstance(kind.dtype, types.Boolean) else kind.dtype.bitwidth
    item, shape = ir.Constant(INT64, bits // 8), []
    for axis in range(kind.ndim):
        shape.append(number(1 + axis))
    steps = [item]
    for length in reversed(shape):
        steps.insert(0, builder.mul(steps[0], length))
    nobody = ir.Constant(INT64, 0)
    return [nobody, nobody, builder.udiv(steps[0], item), item, number(0), *shape, *steps[1:]]


@cache
def _engine() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(opt=0)
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)


def _compile(code: tuple[str, Any]) -> int:
    name, module = code
    engine = _engine()
    engine.add_module(llvm.parse_assembly(str(module)))
    engine.finalize_object()
    return int(engine.get_function_address(name))

"""Words of memory that several threads use, and calls of functions by their address."""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from blobnet.ops.simd.emit import INT32, INT64
from blobnet.ops.simd.memory import pointer_to

_I64 = types.int64
_ENTRY = ir.FunctionType(INT32, [INT64, INT64, INT64])
_NOTHING_TO_NOTHING = ir.FunctionType(ir.VoidType(), [])


@intrinsic
def atomic_load(typing: Any, words: Any, at: Any) -> Any:
    """words[at], as the last thread has left it."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load_atomic(pointer_to(context, builder, words, *args), "seq_cst", 8)

    return _I64(words, _I64), generate


@intrinsic
def atomic_store(typing: Any, words: Any, at: Any, value: Any) -> Any:
    """words[at] = value, with all that was written before."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        where = pointer_to(context, builder, words, *args[:2])
        builder.store_atomic(args[2], where, "seq_cst", 8)
        return context.get_dummy_value()

    return types.void(words, _I64, _I64), generate


@intrinsic
def atomic_add(typing: Any, words: Any, at: Any, change: Any) -> Any:
    """words[at] += change; returns what was there before."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        where = pointer_to(context, builder, words, *args[:2])
        return builder.atomic_rmw("add", where, args[2], "seq_cst")

    return _I64(words, _I64, _I64), generate


@intrinsic
def compare_and_swap(typing: Any, words: Any, at: Any, old: Any, new: Any) -> Any:
    """words[at] = new if it is `old`; whether it was."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        where = pointer_to(context, builder, words, *args[:2])
        both = builder.cmpxchg(where, args[2], args[3], "seq_cst", "seq_cst")
        return builder.extract_value(both, 1)

    return types.boolean(words, _I64, _I64, _I64), generate


@intrinsic
def pause(typing: Any) -> Any:
    """Rest for some cycles, where the processor can, and see memory as it is afterwards."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if platform.machine().lower() in ("x86_64", "amd64"):
            name = "llvm.x86.sse2.pause"
            rest = cgutils.get_or_insert_function(builder.module, _NOTHING_TO_NOTHING, name)
            builder.call(rest, [])
        builder.asm(_NOTHING_TO_NOTHING, "", "~{memory}", [], True)
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def call_entry(typing: Any, entry: Any, begin: Any, end: Any, row: Any) -> Any:
    """Run a kernel by the address of its entry (see `entry.py`); 0, or that it has raised."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = builder.inttoptr(args[0], _ENTRY.as_pointer())
        return builder.sext(builder.call(function, list(args[1:])), INT64)

    return _I64(_I64, _I64, _I64, _I64), generate


@intrinsic
def call_lock(typing: Any, function: Any, lock: Any, flag: Any) -> Any:
    """Call a C function of a lock, and of a number that it may ignore."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [INT64, INT32])
        called = builder.inttoptr(args[0], kind.as_pointer())
        builder.call(called, [args[1], builder.trunc(args[2], INT32)])
        return context.get_dummy_value()

    return types.void(_I64, _I64, _I64), generate

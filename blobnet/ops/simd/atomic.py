"""Words of memory that several threads use, and calls of functions by their address."""

from __future__ import annotations

import platform

from llvmlite import ir

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import INT32, INT64, Operand, Value, call, converted

_ENTRY = ir.FunctionType(INT32, [INT64, INT64, INT64])
_OF_LOCK = ir.FunctionType(ir.VoidType(), [INT64, INT32])
_OF_CLOCK = ir.FunctionType(INT32, [INT64, INT64])


@traced
def atomic_load(words: Flat, at: Operand) -> Value:
    """words[at], as the last thread has left it."""
    builder = words.builder
    return Value(builder, builder.load_atomic(words.at(at).pointer, "seq_cst", 8))


@traced
def atomic_store(words: Flat, at: Operand, value: Operand) -> None:
    """words[at] = value, with all that was written before."""
    builder = words.builder
    builder.store_atomic(converted(builder, value, INT64), words.at(at).pointer, "seq_cst", 8)


@traced
def atomic_add(words: Flat, at: Operand, change: Operand) -> Value:
    """words[at] += change; returns what was there before."""
    builder, pointer = words.builder, words.at(at).pointer
    return Value(
        builder, builder.atomic_rmw("add", pointer, converted(builder, change, INT64), "seq_cst")
    )


@traced
def compare_and_swap(words: Flat, at: Operand, old: Operand, new: Operand) -> Value:
    """words[at] = new if it is `old`; whether it was."""
    builder, pointer = words.builder, words.at(at).pointer
    values = [converted(builder, value, INT64) for value in (old, new)]
    both = builder.cmpxchg(pointer, *values, "seq_cst", "seq_cst")
    return Value(builder, builder.extract_value(both, 1))


@traced
def pause(words: Flat) -> None:
    """Rest for some cycles, where the processor can, and see the words as they are afterwards."""
    builder = words.builder
    if platform.machine().lower() in ("x86_64", "amd64"):
        call(builder, "llvm.x86.sse2.pause", ir.VoidType(), [])
    builder.asm(ir.FunctionType(ir.VoidType(), []), "", "~{memory}", [], True)


@traced
def call_entry(entry: Value, begin: Operand, end: Operand, row: Value) -> Value:
    """Run a kernel by the address of its entry (see `entry.py`); 0, or that it has raised."""
    builder = entry.builder
    function = builder.inttoptr(entry.code, _ENTRY.as_pointer())
    arguments = [converted(builder, value, INT64) for value in (begin, end, row)]
    return Value(builder, builder.sext(builder.call(function, arguments), INT64))


@traced
def call_lock(function: Value, lock: Value, flag: int) -> None:
    """Call a C function of a lock, and of a number that it may ignore."""
    builder = function.builder
    called = builder.inttoptr(function.code, _OF_LOCK.as_pointer())
    builder.call(called, [lock.code, ir.Constant(INT32, flag)])


@traced
def call_clock(function: Value, first: Value, second: Value) -> None:
    """Call a C function that writes the time to where one of its arguments says."""
    builder = function.builder
    called = builder.inttoptr(function.code, _OF_CLOCK.as_pointer())
    builder.call(called, [first.code, second.code])

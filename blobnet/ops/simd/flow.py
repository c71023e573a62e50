"""Branches, loops and variables in the code of a traced function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba.core import cgutils

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.value import (
    BIT,
    INT64,
    Builder,
    Operand,
    Value,
    builder_of,
    constant,
    converted,
)


def either(condition: Value | bool, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """What `yes` or `no` computes: a value, an array, a list of them, or nothing."""
    if isinstance(condition, bool):
        return yes() if condition else no()
    builder = condition.builder
    with builder.if_else(condition.code) as (then, otherwise):
        with then:
            first, after_first = yes(), builder.block
        with otherwise:
            second, after_second = no(), builder.block

    def number(found: Any) -> Any:
        if not isinstance(found, int):
            return found
        kind = BIT if isinstance(found, bool) else INT64
        return Value(builder, constant(kind, found))

    def one_of(one: Any, other: Any) -> Any:
        one, other = number(one), number(other)
        phi = builder.phi(one.code.type)
        phi.add_incoming(one.code, after_first)
        phi.add_incoming(other.code, after_second)
        return type(one)(builder, phi)

    if isinstance(first, list):
        return list(map(one_of, first, second))
    return first if first is None else one_of(first, second)


@contextmanager
def when(condition: Value) -> Iterator[None]:
    """What is written within happens only then."""
    with condition.builder.if_then(condition.code):
        yield


@contextmanager
def loop(begin: Operand, end: Operand, step: Operand = 1) -> Iterator[Value]:
    """What is written within happens for every index in range(begin, end, step)."""
    builder = builder_of(begin, end, step)
    first, last, by = (converted(builder, number, INT64) for number in (begin, end, step))
    with cgutils.for_range_slice(builder, first, last, by, inc=True) as (code, _):
        yield Value(builder, code)


@contextmanager
def forever(builder: Builder) -> Iterator[Callable[[], None]]:
    """What is written within happens again and again, until it comes to a call of what this gives.

    with forever(builder) as leave:
        with when(condition):
            leave()
    """
    again, after = (builder.append_basic_block(name) for name in ("forever", "after"))
    builder.branch(again)
    builder.position_at_end(again)
    yield lambda: builder.branch(after)
    builder.branch(again)
    builder.position_at_end(after)


def variable(value: Value) -> Flat:
    """Memory for a value that changes in a loop: the compiler makes it a register."""
    builder = value.builder
    return Flat(builder, cgutils.alloca_once_value(builder, value.code))


def counter(builder: Builder, first: int = 0) -> Flat:
    """A variable that holds a whole number."""
    return variable(Value(builder, constant(INT64, first)))


def keep_rolled(builder: Builder) -> None:
    """A mark that costs nothing: two rounds of a loop at once would not fit into registers."""
    mark = builder.asm(ir.FunctionType(ir.VoidType(), []), "", "", [], True)
    for attribute in ("convergent", "readnone", "nounwind"):
        mark.attributes.add(attribute)

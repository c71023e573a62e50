"""The numbers that traced functions compute with, and their types in LLVM: see `emit.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba.core import cgutils

Builder: TypeAlias = ir.IRBuilder
Code: TypeAlias = ir.Value
Kind: TypeAlias = ir.Type
Operand: TypeAlias = "Value | float"

BIT, INT32, INT64 = ir.IntType(1), ir.IntType(32), ir.IntType(64)

INSTRUCTIONS = {  # of floats, of integers
    "+": ("fadd", "add"),
    "-": ("fsub", "sub"),
    "*": ("fmul", "mul"),
    "/": ("fdiv", "udiv"),
    "%": ("frem", "urem"),
}


NEUTRAL = {"+": 0, "-": 0, "*": 1, "/": 1}
"""Behind such a sign it changes no whole number."""


def _operator(sign: str, *, is_reversed: bool = False) -> Callable[[Value, Operand], Value]:
    nothing = None if is_reversed else NEUTRAL.get(sign)

    def compute(value: Value, other: Operand) -> Value:
        if value.is_integer and not isinstance(other, Value) and other == nothing:
            return value
        a, b = common(value, other)
        instruction = getattr(value.builder, INSTRUCTIONS[sign][a.is_integer])
        operands = (b.code, a.code) if is_reversed else (a.code, b.code)
        return Value(value.builder, instruction(*operands))

    return compute


def _comparison(sign: str) -> Callable[[Value, Any], Value]:
    """NaN is not equal, above or below."""

    def compare(value: Value, other: Operand) -> Value:
        a, b = common(value, other)
        builder = value.builder
        instruction = builder.icmp_signed if a.is_integer else builder.fcmp_ordered
        return Value(builder, instruction(sign, a.code, b.code))

    return compare


class Value:
    """A number, or a vector of them. Python's numbers take the type of what they meet."""

    def __init__(self, builder: Builder, code: Code) -> None:
        self.builder, self.code = builder, code

    @property
    def kind(self) -> Kind:
        return self.code.type

    @property
    def is_vector(self) -> bool:
        return isinstance(self.kind, ir.VectorType)

    @property
    def is_integer(self) -> bool:
        return isinstance(element_of(self.kind), ir.IntType)

    __add__ = __radd__ = _operator("+")
    __sub__, __rsub__ = _operator("-"), _operator("-", is_reversed=True)
    __mul__ = __rmul__ = _operator("*")
    __truediv__, __rtruediv__ = _operator("/"), _operator("/", is_reversed=True)
    # of whole numbers that are not negative:
    __floordiv__, __rfloordiv__ = _operator("/"), _operator("/", is_reversed=True)
    __mod__ = _operator("%")
    __gt__, __lt__ = _comparison(">"), _comparison("<")
    __ge__, __le__ = _comparison(">="), _comparison("<=")

    def __eq__(self, other: Any) -> Any:
        return _comparison("==")(self, other)

    def __ne__(self, other: Any) -> Any:
        return _comparison("!=")(self, other)

    def __bool__(self) -> bool:
        raise TypeError("what is not known before the kernel runs: see `flow.py` for branches")

    def __divmod__(self, other: Operand) -> tuple[Value, Value]:
        return self // other, self % other

    def __neg__(self) -> Value:
        builder = self.builder
        return Value(builder, (builder.neg if self.is_integer else builder.fneg)(self.code))

    def __and__(self, other: Operand) -> Value:
        builder = self.builder
        return Value(builder, builder.and_(self.code, self.like(other).code))

    def __invert__(self) -> Value:
        builder = self.builder
        return Value(builder, builder.not_(self.code))

    def __array_ufunc__(self, function: Any, method: str, *values: Value) -> Any:
        """What numpy's sqrt is of it."""
        if function is not np.sqrt or method != "__call__":
            return NotImplemented
        builder, kind = self.builder, self.kind
        lanes = f"v{kind.count}" if self.is_vector else ""
        name = f"llvm.sqrt.{lanes}{element_of(kind).intrinsic_name}"
        return Value(builder, call(builder, name, kind, [self.code]))

    def below(self, end: Operand) -> Value:
        """Whether it is in range(end)."""
        builder = self.builder
        return Value(builder, builder.icmp_unsigned("<", self.code, self.like(end).code))

    def like(self, other: Operand) -> Value:
        """Another number with the type of this: rounded to its precision, in each of its lanes."""
        return Value(self.builder, converted(self.builder, other, self.kind))

    def in_double(self) -> Value:
        """The same in float64; of a vector, all lanes."""
        builder, kind = self.builder, ir.DoubleType()
        if is_double(element_of(self.kind)):
            return self
        whole = ir.VectorType(kind, self.kind.count) if self.is_vector else kind
        return Value(builder, builder.fpext(self.code, whole))

    def lane(self, number: int) -> Value:
        builder = self.builder
        return Value(builder, builder.extract_element(self.code, ir.Constant(INT32, number)))


# --- from one type to another ---------------------------------------------------------------------


def common(a: Operand, b: Operand) -> tuple[Value, Value]:
    """Two numbers as one type: where one is a vector, that of its lanes."""
    if not isinstance(a, Value) or (isinstance(b, Value) and b.is_vector and not a.is_vector):
        b, a = common(b, a)
        return a, b
    return a, a.like(b)


def is_finite(number: Value) -> Value:
    """Whether a float is neither NaN nor infinite."""
    found: Value = number - number == 0
    return found


def builder_of(*numbers: Operand) -> Builder:
    """Who writes the code: one of the numbers is not known before."""
    return next(number.builder for number in numbers if isinstance(number, Value))


def converted(builder: Builder, number: Operand, kind: Kind) -> Code:
    """A number of type `kind`, in every lane if that is a vector."""
    element = element_of(kind)
    if not isinstance(number, Value):
        return constant(kind, number)
    if number.kind == kind:
        return number.code
    code = _cast(builder, number, element)
    if kind == element:
        return code
    nothing, zeros = ir.Constant(kind, ir.Undefined), ir.Constant(INT32, 0)
    first = builder.insert_element(nothing, code, zeros)
    lanes = ir.Constant(ir.VectorType(INT32, kind.count), [0] * kind.count)
    return builder.shuffle_vector(first, nothing, lanes)


def _cast(builder: Builder, number: Value, kind: Kind) -> Code:
    """Whole numbers of few bits, of arrays, are not negative."""
    if number.kind == kind:
        return number.code
    if number.is_integer and isinstance(kind, ir.IntType):
        is_wider = kind.width > element_of(number.kind).width
        return (builder.zext if is_wider else builder.trunc)(number.code, kind)
    if number.is_integer:
        return builder.sitofp(number.code, kind)
    return (builder.fpext if is_double(kind) else builder.fptrunc)(number.code, kind)


def call(builder: Builder, name: str, result: Kind, arguments: Sequence[Code]) -> Code:
    """Call one of LLVM's own functions."""
    function = ir.FunctionType(result, [argument.type for argument in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, function, name), arguments)


# --- types of LLVM --------------------------------------------------------------------------------


def element_of(kind: Kind) -> Kind:
    """The type of a lane, or of a number."""
    return kind.element if isinstance(kind, ir.VectorType) else kind


def is_double(kind: Kind) -> bool:
    return isinstance(kind, ir.DoubleType)


def bytes_of(kind: Kind) -> int:
    """Of a number."""
    return (kind.width if isinstance(kind, ir.IntType) else 64 if is_double(kind) else 32) // 8


def constant(kind: Kind, number: float) -> ir.Constant:
    """A number of type `kind`, in every lane if that is a vector."""
    element = element_of(kind)
    value = int(number) if isinstance(element, ir.IntType) else float(number)
    return ir.Constant(kind, value if kind == element else [value] * kind.count)

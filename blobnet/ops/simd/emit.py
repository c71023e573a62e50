"""What traced functions compute with: numbers, vectors, tiles and arrays of the code being written.

A traced function (see `trace.py`) runs once, while a kernel is compiled. It gets stand-ins for what
the kernel will have when it runs, and every operation on one of them writes an instruction:

    Value  a number (an index, a condition, a float), or a vector of them, one in each lane
    Flat   a flat array, from some place on
    Tile   a matrix of vectors

This is the one place that says how an operation becomes LLVM code. Nothing is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import cgutils

from blobnet.ops.simd.isa import LANES

Builder: TypeAlias = ir.IRBuilder
Code: TypeAlias = ir.Value
Kind: TypeAlias = ir.Type
Operand: TypeAlias = "Value | float"

INT32, INT64 = ir.IntType(32), ir.IntType(64)

INSTRUCTIONS = {  # of floats, of integers
    "+": ("fadd", "add"),
    "-": ("fsub", "sub"),
    "*": ("fmul", "mul"),
    "/": ("fdiv", "udiv"),
}


def _operator(sign: str, *, is_reversed: bool = False) -> Callable[[Value, Operand], Value]:
    nothing = None if is_reversed else int(sign in "*/")  # what changes no integer

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
    __floordiv__ = _operator("/")  # of what is not negative
    __gt__, __lt__ = _comparison(">"), _comparison("<")
    __ge__, __le__ = _comparison(">="), _comparison("<=")

    def __eq__(self, other: Any) -> Any:
        return _comparison("==")(self, other)

    def __neg__(self) -> Value:
        builder = self.builder
        return Value(builder, builder.fneg(self.code))

    def __and__(self, other: Value) -> Value:
        builder = self.builder
        return Value(builder, builder.and_(self.code, other.code))

    def __invert__(self) -> Value:
        builder = self.builder
        return Value(builder, builder.not_(self.code))

    def below(self, end: Value) -> Value:
        """Whether it is in range(end)."""
        builder = self.builder
        return Value(builder, builder.icmp_unsigned("<", self.code, self.like(end).code))

    def like(self, other: Operand) -> Value:
        """Another number with the type of this: rounded to its precision, in each of its lanes."""
        return Value(self.builder, converted(self.builder, other, self.kind))

    def lane(self, number: int) -> Value:
        builder = self.builder
        return Value(builder, builder.extract_element(self.code, ir.Constant(INT32, number)))


class Flat:
    """A flat array, from `pointer` on."""

    def __init__(self, builder: Builder, pointer: Code) -> None:
        self.builder, self.pointer = builder, pointer

    @property
    def element(self) -> Kind:
        return self.pointer.type.pointee

    @property
    def bytes(self) -> int:
        """Of a number."""
        kind = self.element
        return (kind.width if isinstance(kind, ir.IntType) else 64 if is_double(kind) else 32) // 8

    def vector(self, lanes: int = LANES) -> Kind:
        return ir.VectorType(self.element, lanes)

    def at(self, index: Operand) -> Flat:
        builder = self.builder
        return Flat(builder, builder.gep(self.pointer, [converted(builder, index, INT64)]))

    def __getitem__(self, index: Operand) -> Value:
        builder = self.builder
        return Value(builder, builder.load(self.at(index).pointer))

    def __setitem__(self, index: Operand, value: Value) -> None:
        builder = self.builder
        builder.store(value.code, self.at(index).pointer)

    def load(
        self, at: Operand = 0, lanes: int = LANES, mask: Value | None = None, outside: Operand = 0
    ) -> Value:
        """A vector; `outside` in the lanes that are not in the mask."""
        builder, vector = self.builder, self.vector(lanes)
        pointer = builder.bitcast(self.at(at).pointer, vector.as_pointer())
        if mask is None:
            loaded = builder.load(pointer)
            loaded.align = self.bytes
            return Value(builder, loaded)
        others = converted(builder, outside, vector)
        return Value(builder, self._masked("load", vector, pointer, self._align, mask.code, others))

    def store(self, value: Value, at: Operand = 0, mask: Value | None = None) -> None:
        """The lanes of a vector, or those in the mask."""
        builder = self.builder
        pointer = builder.bitcast(self.at(at).pointer, value.kind.as_pointer())
        if mask is None:
            builder.store(value.code, pointer).align = self.bytes
        else:
            self._masked("store", ir.VoidType(), value.code, pointer, self._align, mask.code)

    def gather(self, at: Value, mask: Value, outside: Operand) -> Value:
        """A vector of numbers from any places, as long as they are in the mask."""
        others = converted(self.builder, outside, self.vector())
        places = self._places(at)
        masked = self._masked("gather", self.vector(), places, self._align, mask.code, others)
        return Value(self.builder, masked)

    def scatter(self, value: Value, at: Value, mask: Value) -> None:
        places = self._places(at)
        self._masked("scatter", ir.VoidType(), value.code, places, self._align, mask.code)

    def prefetch(self, at: Operand = 0, *, to_write: bool | int = False, locality: int = 3) -> None:
        """Ask the processor for a place in memory, which need not exist.

        locality  how near: 3 for the first cache, 2 for the second
        """
        builder = self.builder
        pointer = builder.bitcast(self.at(at).pointer, ir.IntType(8).as_pointer())
        data = 1  # and not instructions
        how = [ir.Constant(INT32, number) for number in (int(to_write), locality, data)]
        call(builder, "llvm.prefetch.p0", ir.VoidType(), [pointer, *how])

    @property
    def _align(self) -> Code:
        return ir.Constant(INT32, self.bytes)

    def _places(self, at: Value) -> Code:
        builder = self.builder
        start = Value(builder, builder.ptrtoint(self.pointer, INT64))
        addresses = at.like(start) + at * self.bytes
        return builder.inttoptr(addresses.code, ir.VectorType(self.pointer.type, LANES))

    def _masked(self, what: str, result: Kind, *arguments: Code) -> Code:
        """LLVM's masked load, store, gather or scatter."""
        pointers = f"v{LANES}p0" if what in ("gather", "scatter") else "p0"
        name = f"llvm.masked.{what}.v{LANES}{self.element.intrinsic_name}.{pointers}"
        return call(self.builder, name, result, arguments)


class Tile:
    """`rows` by `columns` vectors, row by row."""

    def __init__(self, rows: int, columns: int, vectors: Iterable[Value]) -> None:
        self.rows, self.columns, self.vectors = rows, columns, list(vectors)

    @property
    def lanes(self) -> int:
        """Of a vector."""
        count: int = self.vectors[0].kind.count
        return count

    def row(self, number: int) -> list[Value]:
        return self.vectors[number * self.columns : (number + 1) * self.columns]

    def of(self, vectors: Iterable[Value]) -> Tile:
        """Other vectors in the same places."""
        return Tile(self.rows, self.columns, vectors)

    def __add__(self, other: Tile) -> Tile:
        return self.of(a + b for a, b in zip(self.vectors, other.vectors, strict=True))


# --- numbers and lanes ----------------------------------------------------------------------------


def common(a: Operand, b: Operand) -> tuple[Value, Value]:
    """Two numbers as one type: where one is a vector, that of its lanes."""
    if not isinstance(a, Value) or (isinstance(b, Value) and b.is_vector and not a.is_vector):
        b, a = common(b, a)
        return a, b
    return a, a.like(b)


def element_of(kind: Kind) -> Kind:
    return kind.element if isinstance(kind, ir.VectorType) else kind


def is_double(kind: Kind) -> bool:
    return isinstance(kind, ir.DoubleType)


def fma(a: Operand, b: Value, c: Value) -> Value:
    """a * b + c, rounded once."""
    arguments = [c.like(a).code, b.code, c.code]
    name = f"llvm.fma.v{c.kind.count}{c.kind.element.intrinsic_name}"
    return Value(c.builder, call(c.builder, name, c.kind, arguments))


# --- pieces ---------------------------------------------------------------------------------------


def call(builder: Builder, name: str, result: Kind, arguments: Sequence[Code]) -> Code:
    function = ir.FunctionType(result, [argument.type for argument in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, function, name), arguments)


def converted(builder: Builder, number: Operand, kind: Kind) -> Code:
    """A number of type `kind`, in every lane if that is a vector."""
    element = element_of(kind)
    if not isinstance(number, Value):
        constant = int(number) if isinstance(element, ir.IntType) else float(number)
        return ir.Constant(kind, [constant] * kind.count if kind != element else constant)
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
    if number.kind == kind:
        return number.code
    if number.is_integer:
        narrow = isinstance(kind, ir.IntType)
        return (builder.trunc if narrow else builder.sitofp)(number.code, kind)
    return (builder.fpext if is_double(kind) else builder.fptrunc)(number.code, kind)

"""What traced functions compute with: numbers, vectors, tiles and arrays of the code being written.

A traced function (see `trace.py`) runs once, while a kernel is compiled. It gets stand-ins for what
the kernel will have when it runs, and every operation on one of them writes an instruction:

    Value  a number (an index, a condition, a float), or a vector of them, one in each lane
    Flat   a flat array, from some place on
    Tile   a matrix of vectors

This, with `value.py`, is the one place that says how an operation becomes LLVM code. Nothing is
checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from llvmlite import ir

from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.value import (
    INT32,
    INT64,
    Builder,
    Code,
    Kind,
    Operand,
    Value,
    bytes_of,
    call,
    converted,
)

"""With the numbers and types of `value.py`."""


class Flat:
    """A flat array, from `pointer` on; or a table, of whole rows one behind the other.

    shape  finds out how long it is, by axis; known of the arrays that a kernel is called with
    """

    def __init__(
        self, builder: Builder, pointer: Code, shape: Callable[[], Sequence[Value]] = tuple
    ) -> None:
        self.builder, self.pointer, self._shape = builder, pointer, shape

    @property
    def size(self) -> Value:
        """How many numbers a flat array has."""
        (length,) = self._shape()
        return length

    @property
    def shape(self) -> Sequence[Value]:
        return self._shape()

    @property
    def element(self) -> Kind:
        return self.pointer.type.pointee

    @property
    def code(self) -> Code:
        return self.pointer

    @property
    def bytes(self) -> int:
        """Of a number."""
        return bytes_of(self.element)

    def vector(self, lanes: int = LANES) -> Kind:
        return ir.VectorType(self.element, lanes)

    def at(self, index: Operand) -> Flat:
        builder = self.builder
        return Flat(builder, builder.gep(self.pointer, [converted(builder, index, INT64)]))

    def __getitem__(self, index: Operand | tuple[Operand, Operand]) -> Value:
        """A number of a flat array; or of a table, by row and column."""
        builder = self.builder
        if isinstance(index, tuple):
            row, column = index
            index = self.shape[1] * row + column
        return Value(builder, builder.load(self.at(index).pointer))

    def __setitem__(self, index: Operand, value: Operand) -> None:
        builder = self.builder
        builder.store(converted(builder, value, self.element), self.at(index).pointer)

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


def fma(a: Operand, b: Value, c: Value) -> Value:
    """a * b + c, rounded once."""
    arguments = [c.like(a).code, b.code, c.code]
    name = f"llvm.fma.v{c.kind.count}{c.kind.element.intrinsic_name}"
    return Value(c.builder, call(c.builder, name, c.kind, arguments))

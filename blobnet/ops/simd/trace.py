"""Traced functions: ordinary Python that writes the code of a kernel.

    @traced
    def halves_of_sum(x, at, v):
        return (load(x, at) + v) * 0.5

A kernel calls such a function with arrays, indices, vectors and tiles. When the kernel is compiled
the function runs, on the stand-ins of `emit.py`: so it may use Python as it likes, and call other
traced functions; and a compiler has far less to think about than with as many calls. Literal
numbers and None come as they are, tuples as tuples of stand-ins, with their names if they have any.

The operators of vectors and tiles are traced functions as well: `a * b` in a kernel is what
`a * b` is on stand-ins.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.datamodel import default_manager
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import models, register_model

from blobnet.ops.simd.emit import Flat, Tile
from blobnet.ops.simd.value import INT64, Builder, Code, Kind, Value, is_double

OPERATORS = (
    operator.add, operator.iadd, operator.sub, operator.mul, operator.truediv, operator.neg,
    operator.gt, operator.lt, operator.ge, operator.le, operator.eq,
)  # fmt: skip


class TracedType(types.Type):
    """What only traced functions can do something with; `code` is its type in LLVM."""

    code: Kind


class LanesType(TracedType):
    """A vector: of numbers, or of what comparisons say."""

    def __init__(self, vector: Kind) -> None:
        self.code = vector
        super().__init__(name=f"Lanes({vector})")


class TileType(TracedType):
    """`rows` by `columns` vectors: to the compiler, an array of them."""

    def __init__(self, rows: int, columns: int, vector: Kind) -> None:
        self.rows, self.columns = rows, columns
        self.code = ir.ArrayType(vector, rows * columns)
        super().__init__(name=f"Tile({rows}, {columns}, {vector})")


@register_model(LanesType)
@register_model(TileType)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: TracedType) -> None:
        super().__init__(manager, kind, kind.code)


def traced(function: Callable[..., Any]) -> Any:
    """A function for kernels, and for other traced functions; or a kernel (see `kernel.py`)."""
    _register(function, lambda args: True, (types.misc.VarArg(types.Any),))
    setattr(function, _MARK, True)
    return function


def is_traced(function: Callable[..., Any]) -> bool:
    return hasattr(function, _MARK)


_MARK = "is_traced"


def _register(
    function: Callable[..., Any], suits: Callable[[Iterable[Any]], bool], *formal: tuple[Any, ...]
) -> None:
    """Tell numba of what type a call of the function is, and how to write its code."""

    class Call(AbstractTemplate):
        key, prefer_literal = function, True

        def generic(self, args: tuple[Any, ...], kws: Any) -> Any:
            if suits(args):
                return signature(_result_type(function, args), *args)
            return None

    def lower(context: Any, builder: Builder, sig: Any, args: tuple[Code, ...]) -> Code:
        pairs = zip(sig.args, args, strict=True)
        result = function(*(_standin(builder, kind, code) for kind, code in pairs))
        return _code(builder, sig.return_type, result)

    infer_global(function, types.Function(Call))
    for some in formal:
        lower_builtin(function, *some)(lower)


def _are_traced(args: Iterable[Any]) -> bool:
    return any(isinstance(kind, TracedType) for kind in args)


for _operator in OPERATORS:
    _register(
        _operator, _are_traced, (TracedType,), (TracedType, TracedType),
        (TracedType, types.Number), (types.Number, TracedType),
    )  # fmt: skip


@cache
def _result_type(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """What a function returns, of arguments of these types: found out on a page of scratch.

    It need not run where its annotation says that it returns nothing: compiling takes less time.
    """
    if getattr(function, "__annotations__", {}).get("return") == "None":
        return types.none
    page = ir.Function(ir.Module(), ir.FunctionType(ir.VoidType(), []), "scratch")
    builder = ir.IRBuilder(page.append_basic_block())
    unknown = [ir.Constant(default_manager[kind].get_value_type(), ir.Undefined) for kind in args]
    pairs = zip(args, unknown, strict=True)
    return _type_of(function(*(_standin(builder, kind, code) for kind, code in pairs)))


def _standin(builder: Builder, kind: Any, code: Code) -> Any:
    if isinstance(kind, types.Literal):
        return kind.literal_value
    if isinstance(kind, types.misc.NoneType):
        return None
    if isinstance(kind, types.Array):
        return _array(builder, kind, code)
    if isinstance(kind, types.containers.BaseTuple):
        parts = (builder.extract_value(code, i) for i in range(len(kind)))
        standins = map(_standin, [builder] * len(kind), kind, parts)
        return kind.instance_class(*standins) if hasattr(kind, "instance_class") else (*standins,)
    if isinstance(kind, TileType):
        vectors = (builder.extract_value(code, k) for k in range(kind.rows * kind.columns))
        return Tile(kind.rows, kind.columns, [Value(builder, vector) for vector in vectors])
    is_integer = isinstance(kind, types.Integer)
    if is_integer and kind.bitwidth < INT64.width:
        code = (builder.sext if kind.signed else builder.zext)(code, INT64)
    return Value(builder, code)


def _array(builder: Builder, kind: Any, code: Code) -> Flat:
    model = default_manager[kind]

    def shape() -> list[Value]:
        lengths = model.get(builder, code, "shape")
        return [Value(builder, builder.extract_value(lengths, axis)) for axis in range(kind.ndim)]

    # one instruction, where numba's own way copies the array's structure
    return Flat(builder, model.get(builder, code, "data"), shape)


def _type_of(result: Any) -> Any:
    if result is None:
        return types.none
    if isinstance(result, Tile):
        return TileType(result.rows, result.columns, result.vectors[0].kind)
    if not isinstance(result, Value):
        return types.containers.Tuple([_type_of(part) for part in result])
    if result.is_vector:
        return LanesType(result.kind)
    if result.is_integer:
        return types.boolean if result.kind.width == 1 else types.int64
    return types.float64 if is_double(result.kind) else types.float32


def _code(builder: Builder, kind: Any, result: Any) -> Code:
    if result is None:
        return ir.Constant(default_manager[kind].get_value_type(), None)
    if isinstance(result, Value):
        return result.code
    if isinstance(result, Tile):
        parts = [vector.code for vector in result.vectors]
    else:
        parts = [_code(builder, one, part) for one, part in zip(kind, result, strict=True)]
    code = ir.Constant(default_manager[kind].get_value_type(), ir.Undefined)
    for k, part in enumerate(parts):
        code = builder.insert_value(code, part, k)
    return code

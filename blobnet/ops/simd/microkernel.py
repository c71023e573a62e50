"""Products that are added to a tile: what the inner loops of kernels do."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from blobnet.ops.simd.emit import INT64, fma, number, splat
from blobnet.ops.simd.memory import emit_prefetch, entry, load_vector, pointer_to, store_vector
from blobnet.ops.simd.tile import TileType


@intrinsic
def add_outer(
    typing: Any, tile: Any, a: Any, a_base: Any, a_at: Any, i: Any,
    b: Any, b_base: Any, b_at: Any, j: Any,
) -> Any:  # fmt: skip
    """tile[r, c] += a[a_base + a_at[i + r]] * the vector at b[b_base + b_at[j + c]]."""
    arguments = (tile, a, types.int64, a_at, types.int64, b, types.int64, b_at, types.int64)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, a_, a_base_, a_at_, i_, b_, b_base_, b_at_, j_ = args
        _keep_loop_rolled(builder)
        vectors = []
        for c in range(tile.columns):
            where = builder.add(b_base_, entry(context, builder, b_at, b_at_, j_, c))
            vectors.append(load_vector(builder, pointer_to(context, builder, b, b_, where), tile))
        for r in range(tile.rows):
            where = builder.add(a_base_, entry(context, builder, a_at, a_at_, i_, r))
            pointer = pointer_to(context, builder, a, a_, where)
            value = _with_row(builder, tile, value, r, pointer, vectors)
        return value

    return tile(*arguments), generate


@intrinsic
def add_terms(
    typing: Any, tile: Any, a: Any, a_base: Any, a_terms: Any, begin: Any, end: Any, a_step: Any,
    b: Any, b_base: Any, b_step: Any, ahead: Any,
) -> Any:  # fmt: skip
    """tile[r, c] += the sum, over terms k from `begin` to `end` in turn, of

    a[a_base + a_terms[k] + r * a_step] * the vector c behind b[b_base + k * b_step].

    The processor is asked for what is `ahead` of a_base, some numbers with every term; it need not
    exist, and None asks for nothing. The loop is in here for the reason that `add_places` gives.
    """
    i64 = types.int64
    arguments = (tile, a, i64, a_terms, i64, i64, i64, b, i64, i64, ahead)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, a_, a_base_, a_terms_, begin_, end_, a_step_, b_, b_base_, b_step_, ahead_ = args
        total = cgutils.alloca_once_value(builder, value)
        with cgutils.for_range_slice(builder, begin_, end_, number(1), inc=True) as (k, _):
            _keep_loop_rolled(builder)
            if ahead != types.none:
                some = builder.add(a_base_, builder.add(ahead_, builder.mul(k, number(tile.rows))))
                emit_prefetch(builder, pointer_to(context, builder, a, a_, some), to_write=False)
            at, vectors = builder.add(b_base_, builder.mul(k, b_step_)), []
            for c in range(tile.columns):
                where = builder.add(at, number(c * tile.lanes))
                pointer = pointer_to(context, builder, b, b_, where)
                vectors.append(load_vector(builder, pointer, tile))
            where = builder.add(a_base_, entry(context, builder, a_terms, a_terms_, k, 0))
            sums = builder.load(total)
            for r in range(tile.rows):
                row = builder.add(where, builder.mul(a_step_, number(r)))
                pointer = pointer_to(context, builder, a, a_, row)
                sums = _with_row(builder, tile, sums, r, pointer, vectors)
            builder.store(sums, total)
        return builder.load(total)

    return tile(*arguments), generate


@intrinsic
def add_places(
    typing: Any, empty: Any, sums: Any, at: Any, is_first: Any,
    a: Any, a_base: Any, a_row: Any, a_steps: Any, b: Any, b_base: Any, b_steps: Any, counts: Any,
) -> Any:  # fmt: skip
    """sums[at : ] = a tile: `empty` if it is the first, or what is there, plus some products.

    For every place: a[a_base + r * a_row + place] * the vector c behind b[b_base + place]. Places
    lie along three axes: there are `counts` of them, at steps in a and in b. All loops are in
    here, because kernels that have them, once for every size of a tile, take long to compile.
    """
    tile = empty

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, sums_, at_, is_first_, a_, a_at, a_row_, a_steps_, b_, b_at, b_steps_, counts_ = args
        begin = pointer_to(context, builder, sums, sums_, at_)
        totals, pointers = [], []
        for i in range(tile.rows * tile.columns):
            number = builder.extract_value(value, i)
            totals.append(cgutils.alloca_once_value(builder, number))
            pointers.append(builder.gep(begin, [ir.Constant(INT64, i * tile.lanes)]))
        with builder.if_then(builder.not_(is_first_)):
            for total, pointer in zip(totals, pointers, strict=True):
                builder.store(load_vector(builder, pointer, tile), total)
        with ExitStack() as loops:
            for axis in range(3):
                count = builder.extract_value(counts_, axis)
                index = loops.enter_context(cgutils.for_range(builder, count)).index
                a_at, b_at = (
                    builder.add(where, builder.mul(index, builder.extract_value(steps, axis)))
                    for where, steps in ((a_at, a_steps_), (b_at, b_steps_))
                )
            _add_place(context, builder, tile, totals, (a, a_, a_at, a_row_), (b, b_, b_at))
        for total, pointer in zip(totals, pointers, strict=True):
            store_vector(builder, builder.load(total), pointer, tile)
        return context.get_dummy_value()

    i64, three = types.int64, types.containers.UniTuple(types.int64, 3)
    of_sums, of_a, of_b = (tile, sums, i64, types.boolean), (a, i64, i64, three), (b, i64, three)
    return types.void(*of_sums, *of_a, *of_b, three), generate


# --- pieces of code -------------------------------------------------------------------------------


def _with_row(
    builder: Any, tile: TileType, value: Any, row: int, pointer: Any, vectors: list[Any]
) -> Any:
    """A tile, with the factor behind `pointer` times the vectors added to one of its rows."""
    factor = splat(builder, builder.load(pointer), tile.vector)
    for c, vector in enumerate(vectors):
        number = row * tile.columns + c
        total = fma(builder, factor, vector, builder.extract_value(value, number))
        value = builder.insert_value(value, total, number)
    return value


def _add_place(
    context: Any, builder: Any, tile: TileType, totals: list[Any], factors: Any, vectors: Any
) -> None:
    """totals += the products of factors, at steps in an array, and the vectors behind a place."""
    a, a_, a_at, a_row = factors
    b, b_, b_at = vectors
    values = []
    _keep_loop_rolled(builder)
    for c in range(tile.columns):
        where = builder.add(b_at, ir.Constant(INT64, c * tile.lanes))
        values.append(load_vector(builder, pointer_to(context, builder, b, b_, where), tile))
    for r in range(tile.rows):
        where = builder.add(a_at, builder.mul(a_row, ir.Constant(INT64, r)))
        number = builder.load(pointer_to(context, builder, a, a_, where))
        factor = splat(builder, number, tile.vector)
        for value, total in zip(values, totals[r * tile.columns :], strict=False):
            builder.store(fma(builder, factor, value, builder.load(total)), total)


def _keep_loop_rolled(builder: Any) -> None:
    """A mark that costs nothing: two rounds of a loop at once would not fit into registers."""
    mark = builder.asm(ir.FunctionType(ir.VoidType(), []), "", "", [], True)
    for attribute in ("convergent", "readnone", "nounwind"):
        mark.attributes.add(attribute)

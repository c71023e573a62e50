"""Register tiles: the one place where a kernel speaks to the processor's vector unit.

A tile is a small matrix of sums, ROWS by COLUMNS vectors of LANES numbers, that stays in
registers while a kernel runs through its data. A kernel makes one, adds products to it, and
stores it:

    tile = zero_wide(y, 8, 4)
    for k in range(K):
        tile = add_product(tile, a, row, a_terms, k, step, b, at + k * N)
    store(tile, ...)

To the compiler a tile is an array of vectors; it turns each `add_product` into one load for every
row and column vector, and one fused multiply-add for every vector of the tile.

`at` tables hold the places of rows and vectors in flat arrays, so that a tile may gather its rows
from anywhere; they may name the same place twice. All arrays are flat, and nothing is checked.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, models, register_model

from blobnet.ops.compiled.memory import (
    ask_for,
    entry,
    first_lanes,
    load_vector,
    pointer_to,
    store_lanes,
    store_vector,
)
from blobnet.ops.compiled.vectors import INT64, fma, lane_numbers, splat, vector_of
from blobnet.ops.tiles import LANES


class TileType(types.Type):
    """`rows` by `columns` vectors of so many `lanes`, numbers of type `scalar`."""

    def __init__(self, rows: int, columns: int, scalar: Any, lanes: int = LANES) -> None:
        self.rows, self.columns, self.scalar, self.lanes = rows, columns, scalar, lanes
        super().__init__(name=f"Tile({rows}, {columns}, {scalar}, {lanes})")

    @property
    def vector(self) -> ir.Type:
        return vector_of(self.scalar, self.lanes)


@register_model(TileType)
class _TileModel(models.PrimitiveModel):
    def __init__(self, manager: Any, tile: TileType) -> None:
        super().__init__(manager, tile, ir.ArrayType(tile.vector, tile.rows * tile.columns))


@intrinsic(prefer_literal=True)
def zero(typing: Any, like: Any, rows: Any, columns: Any) -> Any:
    """A tile of zeros, of the number type of the array `like`."""
    tile = TileType(rows.literal_value, columns.literal_value, like.dtype)
    return tile(like, rows, columns), _nothing(tile)


@intrinsic(prefer_literal=True)
def zero_wide(typing: Any, like: Any, rows: Any, columns: Any) -> Any:
    """The same for a tile whose rows are read as they lie: two vectors of LANES are one.

    So processors that have longer vectors need half of the instructions; the others take them
    apart again. Nothing changes where the number of columns is odd.
    """
    width, lanes = columns.literal_value, LANES
    if width % 2 == 0:
        width, lanes = width // 2, 2 * LANES
    tile = TileType(rows.literal_value, width, like.dtype, lanes)
    return tile(like, rows, columns), _nothing(tile)


def _nothing(tile: TileType) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return ir.Constant(context.get_value_type(tile), None)

    return generate


@intrinsic
def add(typing: Any, tile: Any, other: Any) -> Any:
    """The sum of two tiles."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, others = args
        for i in range(tile.rows * tile.columns):
            total = builder.fadd(builder.extract_value(value, i), builder.extract_value(others, i))
            value = builder.insert_value(value, total, i)
        return value

    return tile(tile, tile), generate


@intrinsic
def load(typing: Any, tile: Any, a: Any, base: Any, step: Any) -> Any:
    """The tile whose row r is a[base + r * step : ] ."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, array, at, stride = args
        for r in range(tile.rows):
            for c in range(tile.columns):
                where = builder.add(at, ir.Constant(INT64, c * tile.lanes))
                vector = load_vector(builder, pointer_to(context, builder, a, array, where), tile)
                value = builder.insert_value(value, vector, r * tile.columns + c)
            at = builder.add(at, stride)
        return value

    return tile(tile, a, types.int64, types.int64), generate


@intrinsic
def save(typing: Any, tile: Any, a: Any, base: Any, step: Any) -> Any:
    """Write row r to a[base + r * step : ], the reverse of `load`."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, array, at, stride = args
        for r in range(tile.rows):
            for c in range(tile.columns):
                where = builder.add(at, ir.Constant(INT64, c * tile.lanes))
                pointer = pointer_to(context, builder, a, array, where)
                store_vector(
                    builder, builder.extract_value(value, r * tile.columns + c), pointer, tile
                )
            at = builder.add(at, stride)
        return context.get_dummy_value()

    return types.void(tile, a, types.int64, types.int64), generate


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
            factor = splat(
                builder, builder.load(pointer_to(context, builder, a, a_, where)), tile.vector
            )
            for c in range(tile.columns):
                number = r * tile.columns + c
                total = builder.extract_value(value, number)
                total = fma(builder, factor, vectors[c], total)
                value = builder.insert_value(value, total, number)
        return value

    return tile(*arguments), generate


@intrinsic
def add_product(
    typing: Any, tile: Any, a: Any, a_base: Any, a_terms: Any, k: Any, a_step: Any, b: Any, at: Any
) -> Any:
    """tile[r, c] += a[a_base + a_terms[k] + r * a_step] * the vector c behind b[at]."""
    i64 = types.int64

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, a_, a_base_, a_terms_, k_, a_step_, b_, at_ = args
        _keep_loop_rolled(builder)
        vectors = []
        for c in range(tile.columns):
            where = builder.add(at_, ir.Constant(INT64, c * tile.lanes))
            vectors.append(load_vector(builder, pointer_to(context, builder, b, b_, where), tile))
        where = builder.add(a_base_, entry(context, builder, a_terms, a_terms_, k_, 0))
        for r in range(tile.rows):
            row = builder.add(where, builder.mul(a_step_, ir.Constant(INT64, r)))
            pointer = pointer_to(context, builder, a, a_, row)
            factor = splat(builder, builder.load(pointer), tile.vector)
            for c in range(tile.columns):
                number = r * tile.columns + c
                total = builder.extract_value(value, number)
                total = fma(builder, factor, vectors[c], total)
                value = builder.insert_value(value, total, number)
        return value

    return tile(tile, a, i64, a_terms, i64, i64, b, i64), generate


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


@intrinsic
def prefetch_target(
    typing: Any, tile: Any, y: Any, y_base: Any, row_at: Any, i: Any, column_at: Any, j: Any
) -> Any:
    """Ask the processor for where `store` will write: memory is slower than a tile's sums.

    All vectors of a row are taken to be neighbours.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _, y_, base_, row_at_, i_, column_at_, j_ = args
        first = builder.add(base_, entry(context, builder, column_at, column_at_, j_, 0))
        for r in range(tile.rows):
            row = builder.add(first, entry(context, builder, row_at, row_at_, i_, r))
            for c in range(0, tile.columns * tile.lanes, 2 * LANES):  # about a line of the cache
                where = builder.add(row, ir.Constant(INT64, c))
                ask_for(builder, pointer_to(context, builder, y, y_, where), to_write=True)
        return context.get_dummy_value()

    i64 = types.int64
    return types.void(tile, y, i64, row_at, i64, column_at, i64), generate


@intrinsic
def store(
    typing: Any, tile: Any, bias: Any, bias_base: Any, slope: Any, y: Any, y_base: Any,
    row_at: Any, bias_at: Any, i: Any, column_at: Any, j: Any, width: Any,
) -> Any:  # fmt: skip
    """y[y_base + row_at[i + r] + column_at[j + c] : + width] = leaky(tile[r, c] + a bias).

    The bias is bias[bias_base + bias_at[i + r]].

    leaky(v) is v where it is above 0, else v * slope: slope 1 leaves all values alone.
    """
    i64 = types.int64
    arguments = (tile, bias, i64, tile.scalar, y, i64, row_at, bias_at, i64, column_at, i64, i64)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        (
            value,
            bias_,
            bias_base_,
            slope_,
            y_,
            base_,
            row_at_,
            bias_at_,
            i_,
            column_at_,
            j_,
            width_,
        ) = args
        full = builder.icmp_signed("==", width_, ir.Constant(INT64, LANES))
        mask = first_lanes(builder, width_)
        halves, target = tile.lanes // LANES, TileType(1, 1, tile.scalar)
        slopes = splat(builder, slope_, target.vector)
        nothing = ir.Constant(target.vector, None)
        for r in range(tile.rows):
            where = builder.add(bias_base_, entry(context, builder, bias_at, bias_at_, i_, r))
            shift = builder.load(pointer_to(context, builder, bias, bias_, where))
            shifts = splat(builder, shift, target.vector)
            row = builder.add(base_, entry(context, builder, row_at, row_at_, i_, r))
            for c in range(tile.columns * halves):
                where = builder.add(row, entry(context, builder, column_at, column_at_, j_, c))
                pointer = pointer_to(context, builder, y, y_, where)
                v = builder.extract_value(value, r * tile.columns + c // halves)
                v = builder.fadd(_part(builder, v, c % halves), shifts)
                positive = builder.fcmp_ordered(">", v, nothing)
                v = builder.select(positive, v, builder.fmul(v, slopes))
                with builder.if_else(full) as (whole, part):
                    with whole:
                        store_vector(builder, v, pointer, target)
                    with part:
                        store_lanes(builder, v, pointer, mask, target)
        return context.get_dummy_value()

    return types.void(*arguments), generate


# --- pieces of code -------------------------------------------------------------------------------


def _part(builder: Any, vector: Any, number: int) -> Any:
    """LANES lanes of a vector."""
    if vector.type.count == LANES:
        return vector
    lanes = lane_numbers(range(number * LANES, (number + 1) * LANES))
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), lanes)


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

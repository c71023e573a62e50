"""Register tiles: the one place where a kernel speaks to the processor's vector unit.

A tile is a small matrix of sums, ROWS by COLUMNS vectors of LANES numbers, that stays in
registers while a kernel runs through its data. A kernel makes one, adds products to it (see
`tile_products.py`), and stores it:

    tile = zero_wide(y, 8, 4)
    for k in range(K):
        tile = add_product(tile, a, row, a_terms, k, step, b, at + k * N)
    store_biased(tile, ...)

To the compiler a tile is an array of vectors; it turns each `add_product` into one load for every
row and column vector, and one fused multiply-add for every vector of the tile.

`at` tables hold the offsets of rows and vectors in flat arrays, so that a tile may gather its rows
from anywhere; they may name the same one twice. All arrays are flat, and nothing is checked.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, models, register_model

from blobnet.ops.simd.emit import INT64, lane_numbers, splat, vector_of
from blobnet.ops.simd.formulas import Lanes
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.memory import (
    emit_prefetch,
    entry,
    first_lanes,
    load_vector,
    pointer_to,
    store_lanes,
    store_vector,
)


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
def load_tile(typing: Any, tile: Any, a: Any, base: Any, step: Any) -> Any:
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
def store_tile(typing: Any, tile: Any, a: Any, base: Any, step: Any) -> Any:
    """Store row r at a[base + r * step : ], the reverse of `load_tile`."""

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
def prefetch_tile(
    typing: Any, tile: Any, y: Any, y_base: Any, row_at: Any, i: Any, column_at: Any, j: Any
) -> Any:
    """Ask the processor for where `store_biased` will write: memory is slower than a tile's sums.

    All vectors of a row are taken to be neighbours.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _, y_, base_, row_at_, i_, column_at_, j_ = args
        first = builder.add(base_, entry(context, builder, column_at, column_at_, j_, 0))
        for r in range(tile.rows):
            row = builder.add(first, entry(context, builder, row_at, row_at_, i_, r))
            for c in range(0, tile.columns * tile.lanes, 2 * LANES):  # about a line of the cache
                where = builder.add(row, ir.Constant(INT64, c))
                emit_prefetch(builder, pointer_to(context, builder, y, y_, where), to_write=True)
        return context.get_dummy_value()

    i64 = types.int64
    return types.void(tile, y, i64, row_at, i64, column_at, i64), generate


@intrinsic
def store_biased(
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
        mask = first_lanes(builder, width_)
        halves, target = tile.lanes // LANES, TileType(1, 1, tile.scalar)
        slopes = Lanes(builder, splat(builder, slope_, target.vector))

        def store_rows(is_full: bool) -> None:
            for r in range(tile.rows):
                where = builder.add(bias_base_, entry(context, builder, bias_at, bias_at_, i_, r))
                shift = builder.load(pointer_to(context, builder, bias, bias_, where))
                shifts = Lanes(builder, splat(builder, shift, target.vector))
                row = builder.add(base_, entry(context, builder, row_at, row_at_, i_, r))
                for c in range(tile.columns * halves):
                    where = builder.add(row, entry(context, builder, column_at, column_at_, j_, c))
                    pointer = pointer_to(context, builder, y, y_, where)
                    v = builder.extract_value(value, r * tile.columns + c // halves)
                    v = (Lanes(builder, _part(builder, v, c % halves)) + shifts).leaky(slopes).value
                    if is_full:
                        store_vector(builder, v, pointer, target)
                    else:
                        store_lanes(builder, v, pointer, mask, target)

        full = builder.icmp_signed("==", width_, ir.Constant(INT64, LANES))
        with builder.if_else(full) as (whole, part):
            with whole:
                store_rows(True)
            with part:
                store_rows(False)
        return context.get_dummy_value()

    return types.void(*arguments), generate


# --- pieces of code -------------------------------------------------------------------------------


def _part(builder: Any, vector: Any, number: int) -> Any:
    """LANES lanes of a vector."""
    if vector.type.count == LANES:
        return vector
    lanes = lane_numbers(range(number * LANES, (number + 1) * LANES))
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), lanes)

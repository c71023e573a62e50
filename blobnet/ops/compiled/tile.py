"""Register tiles: the one place where a kernel speaks to the processor's vector unit.

A tile is a small matrix of sums, ROWS by COLUMNS vectors of LANES numbers, that stays in
registers while a kernel runs through its data. A kernel makes one, adds outer products to it,
and stores it:

    tile = zero(y, 6, 4)
    for k in range(K):
        tile = add_outer(tile, a, k, a_at, i, b, k * N, b_at, j)
    store(tile, ...)

To the compiler a tile is an array of vectors; it turns each `add_outer` into one load for every
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

from blobnet.ops.compiled.vectors import INT32, INT64, call_masked, lane_numbers, splat, vector_of
from blobnet.ops.tiles import LANES, PLACES


class TileType(types.Type):
    """`rows` by `columns` vectors of numbers of type `scalar`."""

    def __init__(self, rows: int, columns: int, scalar: Any) -> None:
        self.rows, self.columns, self.scalar = rows, columns, scalar
        super().__init__(name=f"Tile({rows}, {columns}, {scalar})")

    @property
    def vector(self) -> ir.Type:
        return vector_of(self.scalar)


@register_model(TileType)
class _TileModel(models.PrimitiveModel):
    def __init__(self, manager: Any, tile: TileType) -> None:
        super().__init__(manager, tile, ir.ArrayType(tile.vector, tile.rows * tile.columns))


@intrinsic(prefer_literal=True)
def zero(typing: Any, like: Any, rows: Any, columns: Any) -> Any:
    """A tile of zeros, of the number type of the array `like`."""
    tile = TileType(rows.literal_value, columns.literal_value, like.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return ir.Constant(context.get_value_type(tile), None)

    return tile(like, rows, columns), generate


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
                where = builder.add(at, ir.Constant(INT64, c * LANES))
                vector = _load(builder, _pointer(context, builder, a, array, where), tile)
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
                where = builder.add(at, ir.Constant(INT64, c * LANES))
                pointer = _pointer(context, builder, a, array, where)
                _store(builder, builder.extract_value(value, r * tile.columns + c), pointer, tile)
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
        fma = _fused_multiply_add(builder, tile)
        _keep_loop_rolled(builder)
        vectors = []
        for c in range(tile.columns):
            where = builder.add(b_base_, _entry(context, builder, b_at, b_at_, j_, c))
            vectors.append(_load(builder, _pointer(context, builder, b, b_, where), tile))
        for r in range(tile.rows):
            where = builder.add(a_base_, _entry(context, builder, a_at, a_at_, i_, r))
            factor = splat(
                builder, builder.load(_pointer(context, builder, a, a_, where)), tile.vector
            )
            for c in range(tile.columns):
                number = r * tile.columns + c
                total = builder.extract_value(value, number)
                total = builder.call(fma, [factor, vectors[c], total])
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
        fma = _fused_multiply_add(builder, tile)
        _keep_loop_rolled(builder)
        vectors = []
        for c in range(tile.columns):
            where = builder.add(at_, ir.Constant(INT64, c * LANES))
            vectors.append(_load(builder, _pointer(context, builder, b, b_, where), tile))
        where = builder.add(a_base_, _entry(context, builder, a_terms, a_terms_, k_, 0))
        for r in range(tile.rows):
            row = builder.add(where, builder.mul(a_step_, ir.Constant(INT64, r)))
            pointer = _pointer(context, builder, a, a_, row)
            factor = splat(builder, builder.load(pointer), tile.vector)
            for c in range(tile.columns):
                number = r * tile.columns + c
                total = builder.extract_value(value, number)
                total = builder.call(fma, [factor, vectors[c], total])
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
        begin = _pointer(context, builder, sums, sums_, at_)
        totals, pointers = [], []
        for i in range(tile.rows * tile.columns):
            number = builder.extract_value(value, i)
            totals.append(cgutils.alloca_once_value(builder, number))
            pointers.append(builder.gep(begin, [ir.Constant(INT64, i * LANES)]))
        with builder.if_then(builder.not_(is_first_)):
            for total, pointer in zip(totals, pointers, strict=True):
                builder.store(_load(builder, pointer, tile), total)
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
            _store(builder, builder.load(total), pointer, tile)
        return context.get_dummy_value()

    i64, three = types.int64, types.UniTuple(types.int64, 3)
    of_sums, of_a, of_b = (tile, sums, i64, types.boolean), (a, i64, i64, three), (b, i64, three)
    return types.void(*of_sums, *of_a, *of_b, three), generate


@intrinsic
def prefetch(typing: Any, a: Any, at: Any) -> Any:
    """Ask the processor for a[at], which need not exist: it will be read soon."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _prefetch(builder, _pointer(context, builder, a, *args), to_write=False)
        return context.get_dummy_value()

    return types.void(a, types.int64), generate


@intrinsic
def prefetch_target(
    typing: Any, tile: Any, y: Any, y_base: Any, row_at: Any, i: Any, column_at: Any, j: Any
) -> Any:
    """Ask the processor for where `store` will write: memory is slower than a tile's sums.

    All vectors of a row are taken to be neighbours.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _, y_, base_, row_at_, i_, column_at_, j_ = args
        first = builder.add(base_, _entry(context, builder, column_at, column_at_, j_, 0))
        for r in range(tile.rows):
            row = builder.add(first, _entry(context, builder, row_at, row_at_, i_, r))
            for c in range(0, tile.columns, 2):  # two vectors in a line of the cache
                where = builder.add(row, ir.Constant(INT64, c * LANES))
                _prefetch(builder, _pointer(context, builder, y, y_, where), to_write=True)
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
        mask = _first_lanes(builder, width_)
        slopes = splat(builder, slope_, tile.vector)
        nothing = ir.Constant(tile.vector, None)
        for r in range(tile.rows):
            where = builder.add(bias_base_, _entry(context, builder, bias_at, bias_at_, i_, r))
            shift = builder.load(_pointer(context, builder, bias, bias_, where))
            shifts = splat(builder, shift, tile.vector)
            row = builder.add(base_, _entry(context, builder, row_at, row_at_, i_, r))
            for c in range(tile.columns):
                where = builder.add(row, _entry(context, builder, column_at, column_at_, j_, c))
                pointer = _pointer(context, builder, y, y_, where)
                v = builder.fadd(builder.extract_value(value, r * tile.columns + c), shifts)
                positive = builder.fcmp_ordered(">", v, nothing)
                v = builder.select(positive, v, builder.fmul(v, slopes))
                with builder.if_else(full) as (whole, part):
                    with whole:
                        _store(builder, v, pointer, tile)
                    with part:
                        _masked_store(builder, v, pointer, mask, tile)
        return context.get_dummy_value()

    return types.void(*arguments), generate


@intrinsic
def copy(typing: Any, a: Any, i: Any, b: Any, j: Any) -> Any:
    """b[j : j + LANES] = a[i : i + LANES]."""
    tile = TileType(1, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, i_, b_, j_ = args
        vector = _load(builder, _pointer(context, builder, a, a_, i_), tile)
        _store(builder, vector, _pointer(context, builder, b, b_, j_), tile)
        return context.get_dummy_value()

    return types.void(a, types.int64, b, types.int64), generate


@intrinsic
def copy_panel(typing: Any, a: Any, a_base: Any, a_at: Any, i: Any, b: Any, j: Any) -> Any:
    """b[j : ] = the vectors at a[a_base + a_at[i] : ], a[a_base + a_at[i + 1] : ], ...: PLACES."""
    tile = TileType(1, PLACES, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, base_, at_, i_, b_, j_ = args
        for c in range(PLACES):
            where = builder.add(base_, _entry(context, builder, a_at, at_, i_, c))
            vector = _load(builder, _pointer(context, builder, a, a_, where), tile)
            where = builder.add(j_, ir.Constant(INT64, c * LANES))
            _store(builder, vector, _pointer(context, builder, b, b_, where), tile)
        return context.get_dummy_value()

    return types.void(a, types.int64, a_at, types.int64, b, types.int64), generate


@intrinsic
def copy_ends(typing: Any, a: Any, base: Any, at: Any, ends: Any, i: Any, b: Any, j: Any) -> Any:
    """The vectors of `copy_panel`, but what stands in them from lane ends[i + c] on.

    Those lanes are a[base + at[i + c] : ] as well.
    """
    tile = TileType(1, PLACES, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, base_, at_, ends_, i_, b_, j_ = args
        for c in range(PLACES):
            where = builder.add(base_, _entry(context, builder, at, at_, i_, c))
            vector = _load(builder, _pointer(context, builder, a, a_, where), tile)
            mask = _first_lanes(builder, _entry(context, builder, ends, ends_, i_, c))
            where = builder.add(j_, ir.Constant(INT64, c * LANES))
            pointer = _pointer(context, builder, b, b_, where)
            _masked_store(builder, vector, pointer, builder.not_(mask), tile)
        return context.get_dummy_value()

    i64 = types.int64
    return types.void(a, i64, at, ends, i64, b, i64), generate


@intrinsic
def copy_every_second(typing: Any, a: Any, i: Any, b: Any, j: Any) -> Any:
    """b[j : j + LANES] = a[i : i + 2 * LANES : 2]; a is read up to i + 2 * LANES."""
    tile = TileType(1, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, i_, b_, j_ = args
        low = _load(builder, _pointer(context, builder, a, a_, i_), tile)
        i_ = builder.add(i_, ir.Constant(INT64, LANES))
        high = _load(builder, _pointer(context, builder, a, a_, i_), tile)
        vector = builder.shuffle_vector(low, high, lane_numbers(range(0, 2 * LANES, 2)))
        _store(builder, vector, _pointer(context, builder, b, b_, j_), tile)
        return context.get_dummy_value()

    return types.void(a, types.int64, b, types.int64), generate


@intrinsic
def add_some(typing: Any, a: Any, i: Any, b: Any, j: Any, count: Any) -> Any:
    """b[j : ] += a[i : ], a vector of them or as many as `count`; a whole one is read from a."""
    tile = TileType(1, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, i_, b_, j_, count_ = args
        target, mask = _pointer(context, builder, b, b_, j_), _first_lanes(builder, count_)
        vector = _load(builder, _pointer(context, builder, a, a_, i_), tile)
        total = builder.fadd(_masked_load(builder, target, mask, tile), vector)
        _masked_store(builder, total, target, mask, tile)
        return context.get_dummy_value()

    return types.void(a, types.int64, b, types.int64, types.int64), generate


@intrinsic
def clear(typing: Any, a: Any, i: Any) -> Any:
    """a[i : i + LANES] = 0."""
    tile = TileType(1, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        array, where = args
        pointer = _pointer(context, builder, a, array, where)
        _store(builder, ir.Constant(tile.vector, None), pointer, tile)
        return context.get_dummy_value()

    return types.void(a, types.int64), generate


@intrinsic
def transpose(typing: Any, a: Any, base: Any, step: Any, b: Any, b_base: Any, b_step: Any) -> Any:
    """b[b_base + i * b_step + r] = a[base + r * step + i], for LANES rows r and columns i."""
    tile = TileType(LANES, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, base_, step_, b_, b_base_, b_step_ = args
        rows = []
        for _ in range(LANES):
            rows.append(_load(builder, _pointer(context, builder, a, a_, base_), tile))
            base_ = builder.add(base_, step_)
        for row in _transposed(builder, rows):
            _store(builder, row, _pointer(context, builder, b, b_, b_base_), tile)
            b_base_ = builder.add(b_base_, b_step_)
        return context.get_dummy_value()

    i64 = types.int64
    return types.void(a, i64, i64, b, i64, i64), generate


@intrinsic
def transpose_rows(
    typing: Any, a: Any, base: Any, step: Any, rows: Any, ahead: Any, b: Any, b_base: Any,
    b_step: Any,
) -> Any:  # fmt: skip
    """`transpose`, but the last of fewer `rows` stands for those that are missing.

    The processor is asked for what is `ahead` of them, which need not exist.
    """
    tile = TileType(LANES, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, where, step_, rows_, ahead_, b_, b_base_, b_step_ = args
        lines = []
        for r in range(LANES):
            pointer = _pointer(context, builder, a, a_, where)
            _prefetch(builder, builder.gep(pointer, [ahead_]), to_write=False)
            lines.append(_load(builder, pointer, tile))
            is_last = builder.icmp_signed("<=", rows_, ir.Constant(INT64, r + 1))
            where = builder.select(is_last, where, builder.add(where, step_))
        for line in _transposed(builder, lines):
            _store(builder, line, _pointer(context, builder, b, b_, b_base_), tile)
            b_base_ = builder.add(b_base_, b_step_)
        return context.get_dummy_value()

    i64 = types.int64
    return types.void(a, i64, i64, i64, i64, b, i64, i64), generate


@intrinsic
def copy_every_fourth(typing: Any, a: Any, i: Any, b: Any, j: Any) -> Any:
    """b[j : j + LANES] = a[i : i + 4 * LANES : 4]; a is read up to i + 4 * LANES."""
    tile = TileType(1, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, i_, b_, j_ = args
        vectors, even = [], lane_numbers(range(0, 2 * LANES, 2))
        for _ in range(4):
            vectors.append(_load(builder, _pointer(context, builder, a, a_, i_), tile))
            i_ = builder.add(i_, ir.Constant(INT64, LANES))
        low, high = (builder.shuffle_vector(*vectors[n : n + 2], even) for n in (0, 2))
        vector = builder.shuffle_vector(low, high, even)
        _store(builder, vector, _pointer(context, builder, b, b_, j_), tile)
        return context.get_dummy_value()

    return types.void(a, types.int64, b, types.int64), generate


# --- pieces of code -------------------------------------------------------------------------------


def _add_place(
    context: Any, builder: Any, tile: TileType, totals: list[Any], factors: Any, vectors: Any
) -> None:
    """totals += the products of factors, at steps in an array, and the vectors behind a place."""
    a, a_, a_at, a_row = factors
    b, b_, b_at = vectors
    fma, values = _fused_multiply_add(builder, tile), []
    _keep_loop_rolled(builder)
    for c in range(tile.columns):
        where = builder.add(b_at, ir.Constant(INT64, c * LANES))
        values.append(_load(builder, _pointer(context, builder, b, b_, where), tile))
    for r in range(tile.rows):
        where = builder.add(a_at, builder.mul(a_row, ir.Constant(INT64, r)))
        number = builder.load(_pointer(context, builder, a, a_, where))
        factor = splat(builder, number, tile.vector)
        for value, total in zip(values, totals[r * tile.columns :], strict=False):
            builder.store(builder.call(fma, [factor, value, builder.load(total)]), total)


def _fused_multiply_add(builder: Any, tile: TileType) -> Any:
    function = ir.FunctionType(tile.vector, [tile.vector] * 3)
    suffix = "f32" if tile.scalar == types.float32 else "f64"
    return cgutils.get_or_insert_function(builder.module, function, f"llvm.fma.v8{suffix}")


def _keep_loop_rolled(builder: Any) -> None:
    """A mark that costs nothing: two rounds of a loop at once would not fit into registers."""
    mark = builder.asm(ir.FunctionType(ir.VoidType(), []), "", "", [], True)
    for attribute in ("convergent", "readnone", "nounwind"):
        mark.attributes.add(attribute)


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [index])


def _prefetch(builder: Any, pointer: Any, *, to_write: bool) -> None:
    pointer = builder.bitcast(pointer, ir.IntType(8).as_pointer())
    function = ir.FunctionType(ir.VoidType(), [pointer.type, INT32, INT32, INT32])
    how = [
        ir.Constant(INT32, number) for number in (int(to_write), 3, 1)
    ]  # 3: keep it near, 1: data
    name = "llvm.prefetch.p0"
    builder.call(cgutils.get_or_insert_function(builder.module, function, name), [pointer, *how])


def _entry(context: Any, builder: Any, table_type: Any, table: Any, index: Any, offset: int) -> Any:
    where = builder.add(index, ir.Constant(INT64, offset))
    return builder.load(_pointer(context, builder, table_type, table, where))


def _load(builder: Any, pointer: Any, tile: TileType) -> Any:
    value = builder.load(builder.bitcast(pointer, tile.vector.as_pointer()))
    value.align = tile.scalar.bitwidth // 8
    return value


def _store(builder: Any, value: Any, pointer: Any, tile: TileType) -> None:
    stored = builder.store(value, builder.bitcast(pointer, tile.vector.as_pointer()))
    stored.align = tile.scalar.bitwidth // 8


def _masked_load(builder: Any, pointer: Any, mask: Any, tile: TileType) -> Any:
    pointer = builder.bitcast(pointer, tile.vector.as_pointer())
    alignment = ir.Constant(INT32, tile.scalar.bitwidth // 8)
    arguments = [pointer, alignment, mask, ir.Constant(tile.vector, None)]
    return call_masked(builder, "load", tile.vector, tile.vector, arguments)


def _masked_store(builder: Any, value: Any, pointer: Any, mask: Any, tile: TileType) -> None:
    alignment = ir.Constant(INT32, tile.scalar.bitwidth // 8)
    pointer = builder.bitcast(pointer, tile.vector.as_pointer())
    call_masked(builder, "store", ir.VoidType(), tile.vector, [value, pointer, alignment, mask])


def _first_lanes(builder: Any, width: Any) -> Any:
    vector = ir.VectorType(INT64, LANES)
    numbers = ir.Constant(vector, list(range(LANES)))
    return builder.icmp_signed("<", numbers, splat(builder, width, vector))


def _transposed(builder: Any, rows: list[Any]) -> list[Any]:
    """Three rounds of exchange: of single lanes, of pairs, of halves."""
    for size in (1, 2, 4):
        low, high = [], []
        for lane in range(LANES):
            other = lane & ~size
            low.append(other if not lane & size else other + LANES)
            high.append(low[-1] + size)
        swapped = list(rows)
        for r in range(LANES):
            if not r & size:
                pair = rows[r], rows[r | size]
                swapped[r] = builder.shuffle_vector(*pair, lane_numbers(low))
                swapped[r | size] = builder.shuffle_vector(*pair, lane_numbers(high))
        rows = swapped
    return rows

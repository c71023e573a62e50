"""Windows that move down an image, LANES places wide: for kernels over one channel.

Row by row such a kernel loads what the taps of its window see, and uses it for every place whose
window has that row. This patch is a tile: vector (i, j) is what the taps in column j see, from
all of these places, in the i-th of the rows that are new to the window. Other tiles go with it:

    taps  each weight, in all lanes
    sums  of places or pixels not complete yet, which move on when the window does; or of weights

All arrays are flat, and nothing is checked but where the rows of an image end, and the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from blobnet.ops.simd.emit import (
    INT32,
    call_masked,
    fma,
    is_in_range,
    lane_numbers,
    number,
    splat,
    store_in_range,
)
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.memory import data_of, pointer_to
from blobnet.ops.simd.tile import TileType
from blobnet.ops.simd.vector import LanesType


@intrinsic(prefer_literal=True)
def load_patch(
    typing: Any, x: Any, rows: Any, columns: Any, image: Any, row: Any, height: Any, column: Any,
    tap_step: Any, place_step: Any, width: Any,
) -> Any:  # fmt: skip
    """The patch that `columns` taps see in `rows` rows of an image, from `row` on.

    The first tap of the first place is at `column`. Taps are `tap_step` apart, places
    `place_step`; one of them is 1. x[image + row * width + column] has `height` and `width`, and
    0 lies around it.
    """
    i64 = types.int64
    tile = TileType(rows.literal_value, columns.literal_value, x.dtype)
    step = place_step.literal_value

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x_, _, _, image_, row_, height_, column_, tap_step_, _, width_ = args
        data = data_of(context, builder, x, x_)
        found = []
        for i in range(tile.rows):
            there = builder.add(row_, number(i))
            is_inside = builder.icmp_unsigned("<", there, height_)
            start = builder.gep(data, [builder.add(image_, builder.mul(there, width_))])
            end = builder.select(is_inside, width_, number(0))
            found += _patch_row(builder, tile, start, column_, tap_step_, step, end)
        return _tile_of(builder, context.get_value_type(tile), found)

    return tile(x, rows, columns, i64, i64, i64, i64, i64, place_step, i64), generate


@intrinsic
def splats(typing: Any, taps: Any, a: Any, at: Any) -> Any:
    """The tile whose vectors have a[at], a[at + 1], ... in all lanes."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = pointer_to(context, builder, a, *args[1:])
        pointers = [builder.gep(start, [number(k)]) for k in range(taps.rows * taps.columns)]
        found = [splat(builder, builder.load(pointer), taps.vector) for pointer in pointers]
        return _tile_of(builder, args[0].type, found)

    return taps(taps, a, types.int64), generate


@intrinsic
def add_patch(typing: Any, sums: Any, taps: Any, patch: Any) -> Any:
    """Add a patch, times the taps, to the sums of places: (m, 0) is that of m places above."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        totals, factors, values = _vectors_of(builder, (sums, taps, patch), args[:3])
        for a in range(patch.rows):
            for m, ky in enumerate(range(a, taps.rows, patch.rows)):
                for kx in range(taps.columns):
                    factor = factors[ky * taps.columns + kx]
                    totals[m] = fma(builder, factor, values[a * patch.columns + kx], totals[m])
        return _tile_of(builder, args[0].type, totals)

    return sums(sums, taps, patch), generate


@intrinsic
def add_grad(typing: Any, sums: Any, taps: Any, grad: Any) -> Any:
    """Add the gradient of a row of places, times every tap, to the sums of pixels.

    sums   (rows from where the first tap looks, stride): vector (i, b) has the columns of pixels
           that leave b when divided by the stride
    grad   (1, steps that the taps reach over): the last one has its first tap in these columns
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        totals, factors, values = _vectors_of(builder, (sums, taps, grad), args[:3])
        step = sums.columns
        for ky in range(taps.rows):
            for kx in reversed(range(taps.columns)):
                value, at = values[grad.columns - 1 - kx // step], ky * step + kx % step
                totals[at] = fma(builder, factors[ky * taps.columns + kx], value, totals[at])
        return _tile_of(builder, args[0].type, totals)

    return sums(sums, taps, grad), generate


@intrinsic
def add_products(
    typing: Any, sums: Any, patch: Any, grad: Any, row: Any, row_step: Any, rows: Any, count: Any
) -> Any:
    """Add a patch times the gradient, (m, 0) that of m places above, to the sums of all taps.

    Only places count that are there, whatever else is loaded: rows `row`, `row` - `row_step`, ...
    in range(rows), and the first `count` lanes.
    """
    i64 = types.int64

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        totals, values, factors = _vectors_of(builder, (sums, patch, grad), args[:3])
        row_, row_step_, rows_, count_ = args[3:]
        mask, size = is_in_range(builder, number(0), count_), patch.rows * patch.columns
        for m, factor in enumerate(factors):
            part = slice(m * size, min((m + 1) * size, len(totals)))  # the last may have fewer rows
            old, before = totals[part], builder.block
            with builder.if_then(builder.icmp_unsigned("<", row_, rows_)):
                new = [
                    builder.select(mask, fma(builder, value, factor, total), total)
                    for value, total in zip(values, old, strict=False)
                ]
                after = builder.block
            totals[part] = [
                _one_of(builder, (total, after), (unchanged, before))
                for total, unchanged in zip(new, old, strict=True)
            ]
            row_ = builder.sub(row_, row_step_)
        return _tile_of(builder, args[0].type, totals)

    return sums(sums, patch, grad, i64, i64, i64, i64), generate


@intrinsic
def push(typing: Any, tile: Any, lanes: Any) -> Any:
    """The tile moved on by one vector, with `lanes` at its front."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vectors = [args[1], *_vectors(builder, tile, args[0])[:-1]]
        return _tile_of(builder, args[0].type, vectors)

    return tile(tile, lanes), generate


@intrinsic
def last(typing: Any, tile: Any) -> Any:
    """The last vector of the tile."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _vectors(builder, tile, args[0])[-1]

    return LanesType(tile.scalar)(tile), generate


@intrinsic(prefer_literal=True)
def drop(typing: Any, tile: Any, rows: Any) -> Any:
    """The tile without its first rows, with zeros behind."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        count = rows.literal_value * tile.columns
        nothing = [ir.Constant(tile.vector, None)] * count
        return _tile_of(builder, args[0].type, _vectors(builder, tile, args[0])[count:] + nothing)

    return tile(tile, rows), generate


@intrinsic(prefer_literal=True)
def store_rows_interleaved(
    typing: Any, sums: Any, rows: Any, y: Any, image: Any, row: Any, height: Any, column: Any,
    width: Any,
) -> Any:  # fmt: skip
    """Store the first `rows` rows, their vectors interleaved, where the image has such pixels.

    The first of them is at (row, column).
    """
    i64 = types.int64

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, _, y_, image_, row_, height_, column_, width_ = args
        data = data_of(context, builder, y, y_)
        totals, step = _vectors(builder, sums, value), sums.columns
        for a in range(rows.literal_value):
            there = builder.add(row_, number(a))
            start = builder.gep(data, [builder.add(image_, builder.mul(there, width_))])
            with builder.if_then(builder.icmp_unsigned("<", there, height_)):
                for k in range(0, step * LANES, LANES):
                    lanes = [p % step * LANES + p // step for p in range(k, k + LANES)]
                    vector = _picked(builder, totals[a * step : (a + 1) * step], lanes)
                    at = builder.add(column_, number(k))
                    store_in_range(builder, vector, sums.scalar.bitwidth // 8, start, at, width_)
        return context.get_dummy_value()

    return types.void(sums, rows, y, i64, i64, i64, i64, i64), generate


@intrinsic
def add_lanes(typing: Any, sums: Any, a: Any, at: Any) -> Any:
    """a[at + k] += the lanes of vector k, halves added to each other until one is left."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = pointer_to(context, builder, a, *args[1:])
        for k, vector in enumerate(_vectors(builder, sums, args[0])):
            for half in (4, 2, 1):
                others = [(i + half) % LANES for i in range(LANES)]
                vector = builder.fadd(vector, _picked(builder, [vector], others))
            total = builder.extract_element(vector, ir.Constant(INT32, 0))
            target = builder.gep(start, [number(k)])
            builder.store(builder.fadd(builder.load(target), total), target)
        return context.get_dummy_value()

    return types.void(sums, a, types.int64), generate


# --- pieces of code -------------------------------------------------------------------------------


def _vectors(builder: Any, tile: TileType, value: Any) -> list[Any]:
    return [builder.extract_value(value, k) for k in range(tile.rows * tile.columns)]


def _vectors_of(builder: Any, tiles: Sequence[TileType], values: Sequence[Any]) -> list[list[Any]]:
    pairs = zip(tiles, values, strict=True)
    return [_vectors(builder, tile, value) for tile, value in pairs]


def _tile_of(builder: Any, kind: Any, vectors: list[Any]) -> Any:
    value = ir.Constant(kind, ir.Undefined)
    for k, vector in enumerate(vectors):
        value = builder.insert_value(value, vector, k)
    return value


def _one_of(builder: Any, *branches: tuple[Any, Any]) -> Any:
    """The value of the block where the program came from."""
    value = builder.phi(branches[0][0].type)
    for branch in branches:
        value.add_incoming(*branch)
    return value


def _patch_row(
    builder: Any, tile: TileType, row: Any, column: Any, tap_step: Any, place_step: int, width: Any
) -> list[Any]:
    """The vectors of a patch in one row."""
    if place_step == 1:
        shifts = [builder.mul(tap_step, number(j)) for j in range(tile.columns)]
        return [_load(builder, tile, row, builder.add(column, s), width) for s in shifts]
    vectors = [
        _load(builder, tile, row, builder.add(column, number(first)), width)
        for first in range(0, (LANES - 1) * place_step + tile.columns, LANES)
    ]
    return [
        _picked(builder, vectors, range(j, j + LANES * place_step, place_step))
        for j in range(tile.columns)
    ]


def _picked(builder: Any, vectors: list[Any], lanes: Sequence[int]) -> Any:
    """The vector of these lanes, which are counted through all `vectors`."""
    first = [lane % (2 * LANES) for lane in lanes]
    found = builder.shuffle_vector(*(vectors * 2)[:2], lane_numbers(first))
    for k, vector in enumerate(vectors[2:], 2):
        here = range(k * LANES, (k + 1) * LANES)
        picks = [lane - here[0] + LANES if lane in here else i for i, lane in enumerate(lanes)]
        found = builder.shuffle_vector(found, vector, lane_numbers(picks))
    return found


def _load(builder: Any, tile: TileType, row: Any, column: Any, width: Any) -> Any:
    """The pixels from `column` on, 0 where columns are not in range(width)."""
    pointer = builder.bitcast(builder.gep(row, [column]), tile.vector.as_pointer())
    mask, nothing = is_in_range(builder, column, width), ir.Constant(tile.vector, None)
    arguments = [pointer, ir.Constant(INT32, tile.scalar.bitwidth // 8), mask, nothing]
    return call_masked(builder, "load", tile.vector, tile.vector, arguments)

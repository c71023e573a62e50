"""Vectors from one place in memory to another. All arrays are flat, and nothing is checked."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from blobnet.ops.simd.emit import INT64, lane_numbers
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.memory import (
    emit_prefetch,
    entry,
    first_lanes,
    load_lanes,
    load_vector,
    pointer_to,
    store_lanes,
    store_vector,
)
from blobnet.ops.simd.register_tile import NR
from blobnet.ops.simd.tile import TileType


@intrinsic
def copy(typing: Any, a: Any, i: Any, b: Any, j: Any) -> Any:
    """b[j : j + LANES] = a[i : i + LANES]."""
    tile = TileType(1, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, i_, b_, j_ = args
        vector = load_vector(builder, pointer_to(context, builder, a, a_, i_), tile)
        store_vector(builder, vector, pointer_to(context, builder, b, b_, j_), tile)
        return context.get_dummy_value()

    return types.void(a, types.int64, b, types.int64), generate


@intrinsic
def copy_panel(typing: Any, a: Any, a_base: Any, a_at: Any, i: Any, b: Any, j: Any) -> Any:
    """b[j : ] = the vectors at a[a_base + a_at[i] : ], a[a_base + a_at[i + 1] : ], ...: NR."""
    tile = TileType(1, NR, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, base_, at_, i_, b_, j_ = args
        for c in range(NR):
            where = builder.add(base_, entry(context, builder, a_at, at_, i_, c))
            vector = load_vector(builder, pointer_to(context, builder, a, a_, where), tile)
            where = builder.add(j_, ir.Constant(INT64, c * LANES))
            store_vector(builder, vector, pointer_to(context, builder, b, b_, where), tile)
        return context.get_dummy_value()

    return types.void(a, types.int64, a_at, types.int64, b, types.int64), generate


@intrinsic
def copy_ends(typing: Any, a: Any, base: Any, at: Any, ends: Any, i: Any, b: Any, j: Any) -> Any:
    """The vectors of `copy_panel`, but what stands in them from lane ends[i + c] on.

    Those lanes are a[base + at[i + c] : ] as well.
    """
    tile = TileType(1, NR, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, base_, at_, ends_, i_, b_, j_ = args
        for c in range(NR):
            where = builder.add(base_, entry(context, builder, at, at_, i_, c))
            vector = load_vector(builder, pointer_to(context, builder, a, a_, where), tile)
            mask = first_lanes(builder, entry(context, builder, ends, ends_, i_, c))
            where = builder.add(j_, ir.Constant(INT64, c * LANES))
            pointer = pointer_to(context, builder, b, b_, where)
            store_lanes(builder, vector, pointer, builder.not_(mask), tile)
        return context.get_dummy_value()

    i64 = types.int64
    return types.void(a, i64, at, ends, i64, b, i64), generate


@intrinsic
def add_some(typing: Any, a: Any, i: Any, b: Any, j: Any, count: Any) -> Any:
    """b[j : ] += a[i : ], a vector of them or as many as `count`; a whole one is read from a."""
    tile = TileType(1, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, i_, b_, j_, count_ = args
        target, mask = pointer_to(context, builder, b, b_, j_), first_lanes(builder, count_)
        vector = load_vector(builder, pointer_to(context, builder, a, a_, i_), tile)
        total = builder.fadd(load_lanes(builder, target, mask, tile), vector)
        store_lanes(builder, total, target, mask, tile)
        return context.get_dummy_value()

    return types.void(a, types.int64, b, types.int64, types.int64), generate


@intrinsic
def transpose(typing: Any, a: Any, base: Any, step: Any, b: Any, b_base: Any, b_step: Any) -> Any:
    """b[b_base + i * b_step + r] = a[base + r * step + i], for LANES rows r and columns i."""
    tile = TileType(LANES, 1, a.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a_, base_, step_, b_, b_base_, b_step_ = args
        rows = []
        for _ in range(LANES):
            rows.append(load_vector(builder, pointer_to(context, builder, a, a_, base_), tile))
            base_ = builder.add(base_, step_)
        for row in _transposed(builder, rows):
            store_vector(builder, row, pointer_to(context, builder, b, b_, b_base_), tile)
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
            pointer = pointer_to(context, builder, a, a_, where)
            emit_prefetch(builder, builder.gep(pointer, [ahead_]), to_write=False)
            lines.append(load_vector(builder, pointer, tile))
            is_last = builder.icmp_signed("<=", rows_, ir.Constant(INT64, r + 1))
            where = builder.select(is_last, where, builder.add(where, step_))
        for line in _transposed(builder, lines):
            store_vector(builder, line, pointer_to(context, builder, b, b_, b_base_), tile)
            b_base_ = builder.add(b_base_, b_step_)
        return context.get_dummy_value()

    i64 = types.int64
    return types.void(a, i64, i64, i64, i64, b, i64, i64), generate


@intrinsic
def prefetch(typing: Any, a: Any, at: Any) -> Any:
    """Ask the processor for a[at], which need not exist: it will be read soon."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        emit_prefetch(builder, pointer_to(context, builder, a, *args), to_write=False)
        return context.get_dummy_value()

    return types.void(a, types.int64), generate


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

"""Microkernels: the innermost loops of a product of matrices, over a register tile.

Each is a series of rank-1 updates: tile[r, c] += column[r] * row[c], a column of MR numbers by a
row of NR vectors. The loops are written here, and not in kernels, because a compiler would take
long with them for every size of a tile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack

from blobnet.ops.simd.emit import Flat, Tile, fma
from blobnet.ops.simd.flow import keep_rolled, loop, variable, when
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value

Three = tuple[Value, Value, Value]


def rank_1_update(tile: Tile, column: Iterable[Value], row: Sequence[Value]) -> Tile:
    """tile[r, c] + column[r] * row[c]"""
    totals: list[Value] = []
    for r, number in enumerate(column):
        factor = row[0].like(number)
        totals += [fma(factor, *pair) for pair in zip(row, tile.row(r), strict=True)]
    return tile.of(totals)


@traced
def update_row(
    tile: Tile, a: Flat, a_at: Value, b: Flat, b_at: Value, column_at: Flat, j: Value
) -> Tile:
    """A tile with one row plus a[a_at] times the vectors at b[b_at + column_at[j + c]]."""
    keep_rolled(a.builder)
    row = [b.load(b_at + column_at[j + c], tile.lanes) for c in range(tile.columns)]
    return rank_1_update(tile, [a[a_at]], row)


@traced
def multiply_panels(
    tile: Tile, a: Flat, a_at: Value, a_terms: Flat, begin: Value, end: Value, a_step: Value,
    b: Flat, b_at: Value, b_step: Value, ahead: Value | None,
) -> Tile:  # fmt: skip
    """tile[r, c] += the sum, over terms k from `begin` to `end` in turn, of

    a[a_at + a_terms[k] + r * a_step] * the vector c behind b[b_at + k * b_step].

    b_at is where a micropanel of B begins. The processor is asked for what is `ahead` of a_at,
    some numbers with every term; it need not exist, and None asks for nothing.
    """
    totals = [variable(vector) for vector in tile.vectors]
    with loop(begin, end) as k:
        keep_rolled(a.builder)
        if ahead is not None:
            a.prefetch(a_at + ahead + k * tile.rows)
        at, row_at = b_at + k * b_step, a_at + a_terms[k]
        row = [b.load(at + c * tile.lanes, tile.lanes) for c in range(tile.columns)]
        _update(totals, tile, (a[row_at + a_step * r] for r in range(tile.rows)), row)
    return tile.of(total[0] for total in totals)


@traced
def add_gradients(
    empty: Tile, sums: Flat, at: Value, is_first: Value, a: Flat, a_at: Value, a_row: Value,
    a_steps: Three, b: Flat, b_at: Value, b_steps: Three, counts: Three,
) -> None:  # fmt: skip
    """sums[at : ] = a tile: `empty` if it is the first, or what is there, plus some products.

    For every place: a[a_at + r * a_row + place] * the vector c behind b[b_at + place]. Places lie
    along three axes: there are `counts` of them, at steps in a and in b.
    """
    tile, begin = empty, sums.at(at)
    totals = [variable(vector) for vector in tile.vectors]
    with when(~is_first):
        for number, total in enumerate(totals):
            total[0] = begin.load(number * tile.lanes, tile.lanes)
    with ExitStack() as loops:
        for count, a_step, b_step in zip(counts, a_steps, b_steps, strict=True):
            k = loops.enter_context(loop(0, count))
            a_at, b_at = a_at + k * a_step, b_at + k * b_step
        keep_rolled(a.builder)
        row = [b.load(b_at + c * tile.lanes, tile.lanes) for c in range(tile.columns)]
        _update(totals, tile, (a[a_at + a_row * r] for r in range(tile.rows)), row)
    for number, total in enumerate(totals):
        begin.store(total[0], number * tile.lanes)


def _update(
    totals: Sequence[Flat], tile: Tile, column: Iterable[Value], row: Sequence[Value]
) -> None:
    """A rank-1 update of variables in the places of a tile."""
    new = rank_1_update(tile.of(total[0] for total in totals), column, row)
    for total, vector in zip(totals, new.vectors, strict=True):
        total[0] = vector


@traced
def multiply_places(
    tile: Tile, x: Flat, x_at: Value, places: Flat, p: Value, terms: Flat, begin: Value,
    end: Value, w: Flat,
) -> Tile:  # fmt: skip
    """tile[r, c] += the sum, over terms k from `begin` to `end` in turn, of

    x[x_at + places[p + r] + terms[k]] * the vector c of row k of w.
    """
    totals = [variable(vector) for vector in tile.vectors]
    starts = [x.at(x_at + places[p + r]) for r in range(tile.rows)]
    width = tile.columns * tile.lanes
    with loop(begin, end) as k:
        keep_rolled(x.builder)
        term, at = terms[k], k * width
        row = [w.load(at + c * tile.lanes, tile.lanes) for c in range(tile.columns)]
        _update(totals, tile, (start[term] for start in starts), row)
    return tile.of(total[0] for total in totals)

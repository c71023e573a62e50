"""One matrix product, cut into pieces for several threads where it is large."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np

from blobnet.ops.jit import compiled
from blobnet.ops.parallel import PRODUCTS_PER_VALUE, for_each
from blobnet.ops.recording import computes_otherwise
from blobnet.ops.values import are_flat, for_values
from blobnet.ops.workspace import scratch
from blobnet.types import Array

_PIECE = 6 * 2**20
"""Multiplications that are worth a piece; fixed, so that results do not depend on threads."""

_MOST_PIECES = 8

_ROWS = 100
"""Rows that are worth a piece: they lie together in memory, so columns are cut only where a piece
would have fewer."""

_ALIGNED = 48
"""Pieces begin at multiples of it: of the blocks of 4, 6, 8, 12, 16 or 24 that BLAS kernels take.
So few values are at an edge, where they are rounded otherwise."""

_TILE = 256, 512
"""Rows and columns of a product that stays in a cache until it has been added to a sum."""

_LONG, _LONGEST = 2**11, 2**14
"""Rows of so many values are left whole: they are written faster than parts of rows are."""


def matmul(a: Array, b: Array, out: Array) -> None:
    """out = a @ b, all of two axes, in pieces of rows or of columns."""
    computes_otherwise()
    a, b, out = _by_rows(a, b, out)
    if a.shape[1] == 1 and _outer("outer", a, b, out):
        return
    rows, columns = out.shape
    work, longest = rows * columns * a.shape[1], max(rows, columns)
    pieces = min(work // _PIECE, _MOST_PIECES, longest // _ALIGNED)
    if pieces < 2:
        _product(a, b, out)
    elif rows >= min(columns, _ROWS * pieces):
        for_each(lambda part: _product(a[part], b, out=out[part]), _cut(rows, pieces))
    else:
        for_each(lambda part: _product(a, b[:, part], out=out[:, part]), _cut(columns, pieces))


def add_matmul(a: Array, b: Array, out: Array, *, is_zero: bool = False) -> None:
    """out += a @ b, all of two axes, tile by tile, so that no large product is kept for long.

    is_zero  `out` counts as zero, whatever is there, and is not read

    Both ways come to the same bits. That takes the same tiles: where in a product a sum stands
    decides how some BLAS kernels round it.
    """
    a, b, out = _by_rows(a, b, out)
    if a.shape[1] == 1 and _outer("outer" if is_zero else "add_outer", a, b, out):
        return

    def work(tile: tuple[slice, slice]) -> None:
        factors, total = (a[tile[0]], b[:, tile[1]]), out[tile]
        if is_zero:
            _product(*factors, out=total)
            return
        change = scratch("product", total.shape, total.dtype)
        _product(*factors, out=change)
        np.add(total, change, out=total)

    rows, columns = out.shape
    width = _LONGEST if columns >= _LONG else _TILE[1]
    tiles = product(_in_tiles(rows, _TILE[0]), _in_tiles(columns, width))
    for_each(work, tiles, out.size * max(a.shape[1], PRODUCTS_PER_VALUE))


def _by_rows(a: Array, b: Array, out: Array) -> tuple[Array, Array, Array]:
    """The same product, turned where the columns of `out` lie together instead of its rows."""
    return (a, b, out) if out.flags.c_contiguous else (b.T, a.T, out.T)


def _product(a: Array, b: Array, out: Array) -> None:
    if a.shape[1] == 1:  # np.matmul has a slow loop for this case
        np.multiply(a, b, out=out)
    else:
        np.matmul(a, b, out=out)


def _outer(name: str, a: Array, b: Array, out: Array) -> bool:
    """Let a kernel write or add a column times a row; False where none can."""
    column, row = a[:, 0], b[0]
    kernels: Any = compiled("product_kernel")
    if kernels is None or not are_flat(column, row, out):
        return False
    kernel = getattr(kernels, name)
    for_values(lambda begin, end: kernel(begin, end, column, row, out), len(column), len(row))
    return True


def _in_tiles(length: int, most: int) -> list[slice]:
    return _cut(length, -(-length // most) or 1)


def _cut(length: int, pieces: int) -> list[slice]:
    edges = [round(length * piece / (pieces * _ALIGNED)) * _ALIGNED for piece in range(pieces)]
    return [slice(begin, end) for begin, end in pairwise([*edges, length])]

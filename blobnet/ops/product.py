"""Matrix products, cut into pieces for several threads where they are large.

A large one is computed by a compiled kernel: then the bits of a value depend on its factors alone,
so that an image gives the same in whatever batch it comes. With 1 or 2 rows, where the weights of a
layer need only be read, terms are added in an order of their own.

A little one, or one of 1 or 2 rows, is left to BLAS, which takes less time than a launch: it rounds
a product as the processor, its shape and the place in it have it. So is everything where numba is
missing. What is recorded (see `recording.py`) is launched in any case.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, product
from typing import Any

import numpy as np

from blobnet.ops.jit import compiled
from blobnet.ops.launch import Fixed, Scratch, launch, launch_over_values
from blobnet.ops.parallel import PRODUCTS_PER_VALUE, for_each
from blobnet.ops.recording import computes_otherwise, is_recording
from blobnet.ops.values import are_flat
from blobnet.ops.workspace import scratch
from blobnet.types import Array

LITTLE = 2**18
"""Multiplications up to which BLAS serves: it is done before as many have been launched.

Up to ten times as many it may still be some microseconds faster. But all products of LeNet's
training are above it: so no BLAS, which differs by processor, decides how its losses go.
"""

BLAS_ROWS = 2
"""Rows, or columns, for which BLAS is faster, however many multiplications there are."""

FEW_ROWS = 2
"""Rows for which the transposed B that a layer's weights are is read as it lies."""

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
    """out = a @ b, all of two axes."""
    if not _launched(a, b, out):
        computes_otherwise()
        _matmul(a, b, out)


def affine(x: Array, weight: Array, bias: Array | None, out: Array, slope: float = 1.0) -> None:
    """out = leaky(x @ weight.T + bias): what is not above 0 is multiplied by `slope`.

    x       (M, K)
    weight  (N, K)
    bias    (N,)    added to what `matmul` finds, with a rounding of its own; or None
    """
    if not _launched(x, weight.T, out, bias=bias, slope=slope):
        computes_otherwise()
        _matmul(x, weight.T, out)
        if bias is not None:
            out += bias
        if slope != 1:
            np.multiply(out, slope, out=out, where=~(out > 0))


def dots(x: Array, weight: Array, bias: Array | None, out: Array, slope: float = 1.0) -> None:
    """`affine` for a single row x (1, K), never by BLAS: so bits are those of all processors."""
    if not _launched(x, weight.T, out, bias=bias, slope=slope, is_for_blas=False):
        affine(x, weight, bias, out, slope)


def add_matmul(a: Array, b: Array, out: Array, *, is_zero: bool = False) -> None:
    """out += a @ b, all of two axes: a sum is complete before it is added.

    is_zero  `out` counts as zero, whatever is there, and is not read

    Both ways come to the same bits.
    """
    if not _launched(a, b, out, adds=not is_zero, in_order=True):
        computes_otherwise()
        _add_matmul(a, b, out, is_zero)


# --- by kernels -----------------------------------------------------------------------------------


def _launched(
    a: Array, b: Array, out: Array, *, adds: bool = False, in_order: bool = False,
    bias: Array | None = None, slope: float = 1.0, is_for_blas: bool | None = None,
) -> bool:  # fmt: skip
    """Let a kernel compute a product; False where none can, or BLAS is faster.

    in_order     terms are to be added in the order of larger products, however few rows there are
    is_for_blas  whether that is faster; None where sizes tell
    """
    (rows, terms), columns, dtype = a.shape, b.shape[1], out.dtype
    products = rows * terms * columns
    if is_for_blas is None:
        is_for_blas = products <= LITTLE or (min(rows, columns) <= BLAS_ROWS and not in_order)
    if is_for_blas and not (products and is_recording()):
        return False
    if terms == 1 and bias is None and slope == 1:
        return False  # an outer product
    kernels: Any = compiled("product_kernel")
    if kernels is None or dtype.char not in "fd" or a.dtype != dtype or b.dtype != dtype:
        return False
    if bias is None and out.T.flags.c_contiguous and (columns == 1 or not out.flags.c_contiguous):
        if rows > 1:  # a row takes less work than a column
            return _launched(b.T, a.T, out.T, adds=adds, in_order=True, slope=slope)
    elif not out.flags.c_contiguous:
        whole = np.array(out, order="C")
        _launched(a, b, whole, adds=adds, in_order=in_order, bias=bias, slope=slope)
        computes_otherwise()  # the copy
        out[...] = whole
        return True
    a, a_turned = _stored(a)
    b, b_turned = _stored(b)
    fixed, room = _plan(
        kernels, rows, columns, terms, a_turned, b_turned, adds, bias is not None, dtype.char
    )
    c = out.reshape(-1)
    shift = c if bias is None else _in_one_piece(bias)
    arguments = (fixed, a.reshape(-1), b.reshape(-1), c, shift, dtype.type(slope))
    items = fixed.value.items
    if rows <= FEW_ROWS and b_turned and not (a_turned or in_order):
        launch(kernels.dot_rows, items, arguments, products)
    else:
        launch(kernels.multiply, items, (*arguments, room), products, kernels.TOGETHER)
    return True


@lru_cache(maxsize=1024)
def _plan(
    kernels: Any, rows: int, columns: int, terms: int, a_turned: bool, b_turned: bool, adds: bool,
    biased: bool, kind: str,
) -> tuple[Fixed[Any], Scratch]:  # fmt: skip
    plan = kernels.Product.of(
        rows, columns, terms, a_turned=a_turned, b_turned=b_turned, adds=adds, biased=biased
    )
    return Fixed(plan), Scratch("product", plan.room, np.dtype(kind))


def _stored(factor: Array) -> tuple[Array, bool]:
    """A factor as it lies in memory, and whether it is transposed there."""
    if factor.flags.c_contiguous:
        return factor, False
    return (factor.T, True) if factor.flags.f_contiguous else (_in_one_piece(factor), False)


def _in_one_piece(array: Array) -> Array:
    if array.flags.c_contiguous:
        return array
    computes_otherwise()  # the copy
    return np.ascontiguousarray(array)


# --- by BLAS --------------------------------------------------------------------------------------


def _matmul(a: Array, b: Array, out: Array) -> None:
    """`matmul` in pieces of rows or of columns."""
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


def _add_matmul(a: Array, b: Array, out: Array, is_zero: bool) -> None:
    """`add_matmul`, tile by tile, so that no large product is kept for long.

    That both ways come to the same bits takes the same tiles: where in a product a sum stands
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
    launch_over_values(kernel, len(column), (column, row, out), len(row))
    return True


def _in_tiles(length: int, most: int) -> list[slice]:
    return _cut(length, -(-length // most) or 1)


def _cut(length: int, pieces: int) -> list[slice]:
    edges = [round(length * piece / (pieces * _ALIGNED)) * _ALIGNED for piece in range(pieces)]
    return [slice(begin, end) for begin, end in pairwise([*edges, length])]

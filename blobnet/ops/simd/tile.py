"""Register tiles: small matrices of sums that stay in registers while a kernel runs.

    tile = zero_wide(y, MR, NR)
    tile = multiply_panels(tile, ...)
    store_biased(tile, ...)

A kernel makes one, MR rows by NR vectors of LANES numbers, adds products to it (see
`microkernel.py`), and stores it. To the compiler it is an array of vectors.

`at` tables hold the offsets of rows and vectors in flat arrays, so that a tile may be written to
anywhere; they may name the same place twice. All arrays are flat, and nothing is checked.
"""

from __future__ import annotations

from llvmlite import ir

from blobnet.ops.simd.emit import Flat, Tile
from blobnet.ops.simd.flow import either
from blobnet.ops.simd.isa import BLOCK, LANES
from blobnet.ops.simd.lanes import first_lanes, parts
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Kind, Value
from blobnet.ops.simd.vector import leaky


@traced
def zero(like: Flat, rows: int, columns: int) -> Tile:
    """A tile of zeros, of the number type of the array `like`."""
    return _zeros(like, rows, columns, like.vector())


@traced
def zero_wide(like: Flat, rows: int, columns: int) -> Tile:
    """The same for a tile whose rows are read as they lie: two vectors of LANES are one.

    So processors that have longer vectors need half of the instructions; the others take them
    apart again. Nothing changes where the number of columns is odd.
    """
    if columns % 2:
        return _zeros(like, rows, columns, like.vector())
    return _zeros(like, rows, columns // 2, like.vector(2 * LANES))


@traced
def zero_blocks(like: Flat, rows: int, blocks: int) -> Tile:
    """The same with as many columns as `blocks` of channels have vectors of twice LANES."""
    return _zeros(like, rows, blocks * BLOCK // (2 * LANES), like.vector(2 * LANES))


def _zeros(like: Flat, rows: int, columns: int, vector: Kind) -> Tile:
    return Tile(rows, columns, [Value(like.builder, ir.Constant(vector, None))] * (rows * columns))


@traced
def load_tile(tile: Tile, a: Flat, at: Value, step: Value) -> Tile:
    """The tile whose row r is a[at + r * step : ] ."""
    return tile.of(
        a.load(at + step * r + c * tile.lanes, tile.lanes)
        for r in range(tile.rows)
        for c in range(tile.columns)
    )


@traced
def store_tile(tile: Tile, a: Flat, at: Value, step: Value) -> None:
    """Store row r at a[at + r * step : ]."""
    for r in range(tile.rows):
        for c, vector in enumerate(tile.row(r)):
            a.store(vector, at + step * r + c * tile.lanes)


@traced
def prefetch_tile(
    tile: Tile, y: Flat, y_at: Value, row_at: Flat, i: Value, column_at: Flat, j: Value
) -> None:
    """Ask the processor for where `store_biased` will write: memory is slower than a tile's sums.

    All vectors of a row are taken to be neighbours.
    """
    first = y_at + column_at[j]
    for r in range(tile.rows):
        row = first + row_at[i + r]
        for c in range(0, tile.columns * tile.lanes, 2 * LANES):  # about a line of the cache
            y.prefetch(row + c, to_write=True)


@traced
def store_biased(
    tile: Tile, bias: Flat, bias_at: Value, slope: Value, y: Flat, y_at: Value,
    row_at: Flat, biases: Flat, i: Value, column_at: Flat, j: Value, width: Value,
) -> None:  # fmt: skip
    """y[y_at + row_at[i + r] + column_at[j + c] : + width] = leaky(tile[r, c] + a bias).

    The bias is bias[bias_at + biases[i + r]].
    """
    mask, slopes = first_lanes(width), Value(y.builder, ir.Constant(y.vector(), None)).like(slope)

    def store_rows(mask: Value | None) -> None:
        for r in range(tile.rows):
            shift, row = bias[bias_at + biases[i + r]], y_at + row_at[i + r]
            vectors = [part for vector in tile.row(r) for part in parts(vector)]
            shifts = vectors[0].like(shift)
            for c, v in enumerate(vectors):
                y.store(leaky(v + shifts, slopes), row + column_at[j + c], mask)

    either(width == LANES, lambda: store_rows(None), lambda: store_rows(mask))

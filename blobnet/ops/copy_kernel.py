"""Values from one array to another as they are."""

from __future__ import annotations

from blobnet.ops.simd.kernel import exact_kernel
from blobnet.types import Array

PIECE = 2**12
"""Values of a row that an item has, so that several threads can share a long one."""


@exact_kernel
def copy_rows(begin: int, end: int, x: Array, row: int, y: Array, at: int, step: int) -> None:
    """y[at + r * step : + row] = x[r * row : + row]; an item is a piece of a row."""
    pieces = -(-row // PIECE)
    for item in range(begin, end):
        r, piece = divmod(item, pieces)
        first, last = piece * PIECE, min((piece + 1) * PIECE, row)
        x_, y_ = (
            x[r * row + first : r * row + last],
            y[at + r * step + first : at + r * step + last],
        )
        for i in range(len(x_)):
            y_[i] = x_[i]

"""A product whose inner axis has the length 1: a column times a row."""

from __future__ import annotations

from blobnet.ops.simd.kernel import exact_kernel
from blobnet.types import Array


@exact_kernel
def add_outer(begin: int, end: int, column: Array, row: Array, out: Array) -> None:
    """out[r, c] += column[r] * row[c], for the rows from `begin` to `end`."""
    for r in range(begin, end):
        factor, total = column[r], out[r]
        for c in range(len(row)):
            total[c] += factor * row[c]


@exact_kernel
def outer(begin: int, end: int, column: Array, row: Array, out: Array) -> None:
    """out[r, c] = column[r] * row[c], for the rows from `begin` to `end`."""
    for r in range(begin, end):
        factor, products = column[r], out[r]
        for c in range(len(row)):
            products[c] = factor * row[c]

"""The sizes of the register tiles that compiled kernels work with.

They decide how plans pad their tables, and nothing about results: sums are added in one order,
whatever tile they are in.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, TypeVar

from blobnet.ops.jit import compiled

LANES = 8
"""Numbers in a vector, on every processor, so that results do not depend on which."""


class RegisterTile(NamedTuple):
    """How many sums a kernel keeps in registers while it goes through its terms.

    A tile is a matrix of sums: MR rows by NR vectors. A term adds a column of MR numbers times a
    row of NR vectors to it, so beside the sums, registers hold this row and one number.
    """

    mr: int  # sums over taps: outputs
    nr: int  # by vectors of places
    low_mr: int  # where fewer outputs are left
    narrow_nr: int  # where fewer places are left
    gradient_mr: int  # the gradient of weights: channels, or taps
    gradient_nr: int  # by vectors of outputs

    @property
    def numbers(self) -> bytes:
        """For a fingerprint of what is compiled with them."""
        return repr(self).encode()


FOR_LONG_VECTORS = RegisterTile(8, 4, 2, 2, 8, 4)
"""Registers of 16 numbers, of which AVX-512 has 32: a register is two vectors."""

FOR_SHORT_VECTORS = RegisterTile(6, 2, 4, 1, 4, 3)
"""16 registers of 8 numbers, as AVX2 has, or 32 registers of 4, as NEON has.

12 sums are enough to have a multiplication and addition begin in every cycle; with more, some
would go to memory and back for every term.
"""


@cache
def register_tile() -> RegisterTile:
    """The sizes for what numba compiles for. Asked for when needed: LLVM takes time to load."""
    target: Any = compiled("simd.target")
    if target is not None and target.has_long_vectors():
        return FOR_LONG_VECTORS
    return FOR_SHORT_VECTORS


PLANE_PLACES = 8
"""Sums over taps for a single output: vectors of places."""

TILES_AT_ONCE = 8
"""As many of them are added up together."""

SLACK = 2 * LANES
"""Values of scratch memory behind planes, where a vector may begin or end."""

Entry = TypeVar("Entry")


def panel_size(terms: int) -> int:
    """Values from one panel of columns to the next: a row more than there are terms.

    Without it, panels of many sizes compete for the same place in a processor's cache.
    """
    return (terms + 1) * register_tile().nr * LANES


def whole(count: int, tile: int) -> int:
    """`count` rounded up to whole tiles."""
    return -(-count // tile) * tile


def filled(table: list[Entry], tile: int) -> list[Entry]:
    """The table in whole tiles: its last entry stands again where a tile is not full."""
    return table + table[-1:] * (whole(len(table), tile) - len(table))

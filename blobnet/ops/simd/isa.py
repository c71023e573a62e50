"""What kernels know of processors: the width of a vector, and how many sums fit into registers.

The tables decide how plans pad and cut, and nothing about results: sums are added in one order,
whatever tile they are in. How work is cut so that it fits into caches is in `conv/blocking.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, TypeVar

from blobnet.ops.jit import compiled

LANES = 8
"""Numbers in a vector, on every processor, so that results do not depend on which."""

BLOCK = 16
"""Channels or outputs that lie side by side where these are in blocks: the longest register."""

CACHE_LINE = 64
"""Bytes that come from memory together, on most processors."""


class RegisterTile(NamedTuple):
    """How many sums a microkernel keeps in registers while it goes through its terms.

    A tile is a matrix of sums: MR rows by NR vectors. A term is a rank-1 update: a column of MR
    numbers times a row of NR vectors is added, so beside the sums, registers hold this row and one
    number of the column. Where a matrix does not end with a whole tile, edge tiles cover the rest.
    """

    mr: int  # sums over taps: outputs
    nr: int  # by vectors of places
    low_mr: int  # of an edge tile, where fewer outputs are left
    narrow_nr: int  # of an edge tile, where fewer places are left
    gradient_mr: int  # the gradient of weights: channels, or taps
    gradient_nr: int  # by vectors of outputs
    places: int  # convolution by weights in blocks of outputs: places
    blocks: int  # by blocks of outputs

    @property
    def numbers(self) -> bytes:
        """For a fingerprint of what is compiled with them."""
        return repr(self).encode()


AVX512 = RegisterTile(8, 4, 2, 2, 8, 4, 6, 4)
"""32 registers of 16 numbers: one is two vectors, so 16 of them hold 8 by 4 vectors of sums, and
there is room for a row of 4 beside them."""

AVX2 = RegisterTile(6, 2, 4, 1, 4, 3, 6, 1)
"""16 registers of 8 numbers: 12 sums, a row of 2 or 3 and a number fill them. 12 are enough to have
a multiplication and addition begin in every cycle: two units, which take up to 5 cycles. With more,
some sums would go to memory and back for every term."""

NEON = AVX2
"""32 registers of 4 numbers: a vector is two of them, so as many vectors fit as into AVX2's."""

SSE = AVX2
"""16 registers of 4 numbers: too few for these 12 sums, some of which go to memory; a processor
that has no more is seldom met, and not worth a table of its own."""


@cache
def register_tile() -> RegisterTile:
    """The sizes for what numba compiles for. Asked for when needed: LLVM takes time to load."""
    target: Any = compiled("simd.target")
    if target is not None and target.has_long_vectors():
        return AVX512
    return AVX2


PLANE_PLACES = 8
"""NR of a single output, a tile of one row: 8 sums have 8 additions on their way."""

TILES_AT_ONCE = 8
"""Tiles of a weight gradient that are added up together: their sums stay in the nearest cache."""

SLACK = 2 * LANES
"""Values of scratch memory behind planes, where a vector may begin or end."""

Entry = TypeVar("Entry")


def panel_size(terms: int) -> int:
    """Values from one micropanel of B to the next: a row more than there are terms.

    Without it, micropanels of many sizes compete for the same place in a processor's cache.
    """
    return (terms + 1) * register_tile().nr * LANES


def whole(count: int, tile: int) -> int:
    """`count` rounded up to whole tiles."""
    return -(-count // tile) * tile


def filled(table: list[Entry], tile: int) -> list[Entry]:
    """The table in whole tiles: its last entry stands again where a tile is not full."""
    return table + table[-1:] * (whole(len(table), tile) - len(table))

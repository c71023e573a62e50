"""Blocks: how a correlation is cut into items of work, never by the number of threads.

It is a product of matrices: A, the weights, outputs by terms; B, what the terms see, by places. MC,
KC and NC are how many outputs, terms and places stay in a cache; MR and NR, of a register tile, are
in `simd/isa.py`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from blobnet.ops.simd.isa import LANES, register_tile, whole

ITEMS = 16
"""As many items as there should be, so that several threads find work."""

FEW_ITEMS = 2
"""Several images are put together only where so many items remain."""

STRIPS = 4
"""As many items as there should be without cutting the outputs: items that have the same places
pack the same columns."""

VECTORS = 25
"""As many vectors of places as an item should have: all of its weights are read for them. An image
of 14 by 14, which many nets have for most of their layers, has them: cut in two it would leave a
seventh of its tiles empty."""

PLANES = 2**17
"""Values in the planes of an item, so that they stay in a processor's cache."""

FEW_OUTPUTS = 4
"""Groups with no more outputs go through the tile of a single output."""

KC = 320
"""Terms of a sum that a microkernel adds one by one. Longer sums are added up from such parts, for
exactness: rounding errors grow with the length. MR rows of as many weights are also 10 KB of
float32, which stay in a nearest cache of 32 KB while a tile is computed."""

MC_TIMES_KC = 2**16
"""Weights in a block of A, MC outputs by all terms: 256 KB of float32, so that they stay in a
processor's second cache while all micropanels of B go by."""

KC_TIMES_NC = 2**18
"""Values of B, all terms by NC places, that an item packs: 1 MB of float32, for the
second or the last cache. Few weights are read for them, and they are read in order."""


def sum_part(channels: int, taps: int) -> int:
    """How many terms, of whole channels, a part of a sum has."""
    parts = max(1, math.ceil(channels * taps / KC))
    return max(1, math.ceil(channels / parts)) * max(1, taps)


class Cut(NamedTuple):
    """By images, several of them at once where they are small; by strips of rows; by outputs."""

    parts: int
    images_at_once: int
    strips: int
    strip: int  # rows
    blocks: int
    block: int  # outputs

    @classmethod
    def by_output(
        cls, images: int, groups: int, outputs: int, rows: int, columns: int, planes: int,
        *, is_strided: bool = False,
    ) -> Cut:  # fmt: skip
        """One output at a time, from planes that stay in a cache."""
        vectors = rows * math.ceil(columns / LANES)
        at_once = 1 if is_strided else min(images, math.ceil(VECTORS / vectors))
        parts = math.ceil(images / at_once)
        strips = 1
        if at_once == 1:
            wanted = max(math.ceil(ITEMS / (parts * groups)), math.ceil(planes / PLANES))
            strips = max(1, min(wanted, vectors // VECTORS))
        strip = math.ceil(rows / strips)
        strips = math.ceil(rows / strip)
        wanted = 1 if is_strided else math.ceil(ITEMS / (parts * groups * strips))
        block = math.ceil(outputs / min(outputs, wanted))
        return cls(parts, at_once, strips, strip, math.ceil(outputs / block), block)

    @classmethod
    def for_columns(
        cls, images: int, groups: int, outputs: int, rows: int, columns: int, terms: int,
        *, is_strided: bool = False,
    ) -> Cut:  # fmt: skip
        """As few places as possible beside full tiles, and columns that stay in a cache."""
        tile = register_tile()
        nc = max(KC_TIMES_NC // max(terms, 1), tile.nr * LANES)
        if images * groups < STRIPS:
            share = math.ceil(images * groups * rows * columns / STRIPS)
            nc = min(nc, max(share, VECTORS * LANES))
        at_once, strip = 1, rows
        if rows * columns <= nc:
            vectors = math.ceil(rows * columns / LANES)
            most = min(nc // (rows * columns), images * groups // FEW_ITEMS)
            at_once = 1 if is_strided else _best_piece(images, most, vectors)
        else:
            strip = _best_piece(rows, nc // columns, columns / LANES)
        parts, strips = math.ceil(images / at_once), math.ceil(rows / strip)
        tiles = math.ceil(outputs / tile.mr)
        wanted = 1 if is_strided else math.ceil(ITEMS / (parts * groups * strips))
        block = math.ceil(tiles / min(tiles, wanted))
        return cls(parts, at_once, strips, strip, math.ceil(tiles / block), block * tile.mr)


def _best_piece(count: int, most: int, vectors: float) -> int:
    """How much of `count`, of so many vectors each, to take at once: as few vectors as possible.

    Every piece costs something by itself, as much as a tile.
    """

    tile = register_tile()

    def cost(size: int) -> int:
        filled = whole(math.ceil(size * vectors), tile.narrow_nr)
        return math.ceil(count / size) * (filled + tile.nr)

    return min(range(max(1, min(count, most)), 0, -1), key=cost)

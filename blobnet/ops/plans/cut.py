"""How a correlation is cut into items of work: by shapes alone, never by the number of threads."""

from __future__ import annotations

import math
from typing import NamedTuple

from blobnet.ops.plans.geometry import table
from blobnet.ops.tiles import LANES, OUTPUTS, PLACES, PLANE_PLACES, filled
from blobnet.types import IntArray

ITEMS = 16
"""As many items as there should be, so that several threads find work."""

VECTORS = 24
"""As many vectors of places as an item should have: all of its weights are read for them."""

PLANES = 2**17
"""Values in the planes of an item, so that they stay in a processor's cache."""

FEW_OUTPUTS = 2
"""Groups with no more outputs go through the tile of a single output."""


class Cut(NamedTuple):
    """By images, several of them at once where they are small; by strips of rows; by outputs."""

    parts: int
    images_at_once: int
    strips: int
    strip: int  # rows
    blocks: int
    block: int  # outputs

    @classmethod
    def of(
        cls, images: int, groups: int, outputs: int, rows: int, columns: int, planes: int,
        *, is_joined: bool = False,
    ) -> Cut:  # fmt: skip
        tile = 1 if outputs <= FEW_OUTPUTS else OUTPUTS
        if outputs == 1 and images * groups >= ITEMS:
            return cls(images, 1, 1, rows, 1, 1)
        vectors = rows * math.ceil(columns / LANES)
        at_once = 1 if is_joined else min(images, math.ceil(VECTORS / vectors))
        parts = math.ceil(images / at_once)
        strips = 1
        if at_once == 1:
            wanted = max(math.ceil(ITEMS / (parts * groups)), math.ceil(planes / PLANES))
            strips = max(1, min(wanted, vectors // VECTORS))
        strip = math.ceil(rows / strips)
        strips = math.ceil(rows / strip)
        tiles = math.ceil(outputs / tile)
        wanted = 1 if is_joined else math.ceil(ITEMS / (parts * groups * strips))
        block = math.ceil(tiles / min(tiles, wanted))
        return cls(parts, at_once, strips, strip, math.ceil(tiles / block), block * tile)

    @property
    def items_are_planes(self) -> bool:
        return self.images_at_once == self.strips == self.blocks == 1


def place_table(
    cut: Cut, begins: list[int], image_step: int, row_step: int, by_output: bool
) -> IntArray:
    """Where the vectors of an item begin."""
    places = [
        i * image_step + r * row_step + q
        for i in range(cut.images_at_once)
        for r in range(cut.strip)
        for q in begins
    ]
    return table(filled(places, PLANE_PLACES if by_output else PLACES))


def output_table(count: int, by_output: bool) -> list[int]:
    return filled(list(range(count)), 1 if by_output else OUTPUTS)

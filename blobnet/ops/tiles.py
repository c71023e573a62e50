"""The sizes of the register tiles that compiled kernels work with.

They decide how plans pad their tables, and nothing about results: sums are added in one order,
whatever tile they are in.
"""

from __future__ import annotations

from typing import TypeVar

from blobnet.processor import has_long_vectors

LANES = 8
"""Numbers in a vector, on every processor, so that results do not depend on which."""

IS_LONG = has_long_vectors()
"""Whether two vectors fit into a register: then tiles may be larger."""

OUTPUTS, PLACES = 8 if IS_LONG else 5, 4
"""Sums over taps: outputs by vectors of places."""

LOW_OUTPUTS, NARROW_PLACES = 2, 2
"""The same where fewer are left."""

PLANE_PLACES = 8
"""Sums over taps for a single output: vectors of places."""

TAPS, GRADIENT_OUTPUTS = 8 if IS_LONG else 4, 4
"""The gradient of weights: channels, or taps, by vectors of outputs."""

TILES_AT_ONCE = 8
"""As many of them are added up together."""

SLACK = 2 * LANES
"""Values of scratch memory behind planes, where a vector may begin or end."""

Entry = TypeVar("Entry")


def panel_size(terms: int) -> int:
    """Values from one panel of columns to the next: a row more than there are terms.

    Without it, panels of many sizes compete for the same place in a processor's cache.
    """
    return (terms + 1) * PLACES * LANES


def whole(count: int, tile: int) -> int:
    """`count` rounded up to whole tiles."""
    return -(-count // tile) * tile


def filled(table: list[Entry], tile: int) -> list[Entry]:
    """The table in whole tiles: its last entry stands again where a tile is not full."""
    return table + table[-1:] * (whole(len(table), tile) - len(table))

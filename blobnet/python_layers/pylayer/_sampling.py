"""Drawing regions from ranges of overlap.  lib/pylayer of MNC (daijifeng001/MNC)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.python_layers.mnc_config import Train
from blobnet.types import Array, IntArray


def drawn_from(most: Array, settings: Train, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Regions that are objects and regions that are none, by index, ascending.

    most  (R,) how much each overlaps the box that it overlaps most
    """
    ranges = settings.FG_FRACTION, settings.FG_THRESH_LO, settings.FG_THRESH_HI
    objects = drawn_of_ranges(most, settings.BATCH_SIZE, *ranges, rng)
    ranges = settings.BG_FRACTION, settings.BG_THRESH_LO, settings.BG_THRESH_HI
    return objects, drawn_of_ranges(most, settings.BATCH_SIZE - len(objects), *ranges, rng)


def drawn_of_ranges(
    most: Array, count: int, shares: Sequence[float], lowest: Sequence[float],
    highest: Sequence[float], rng: np.random.Generator,
) -> IntArray:  # fmt: skip
    """Of each range of overlap, ends in it, so many as its share of `count` says, none twice.

    Raises LayerError for lists of ranges that are not equally long.
    """
    if not len(shares) == len(lowest) == len(highest):
        got = f"{len(shares)}, {len(lowest)} and {len(highest)}"
        raise LayerError(explain("shares and ranges to draw from", expected="as many", got=got))
    found: list[IntArray] = [np.zeros(0, np.int64)]
    for share, low, high in zip(shares, lowest, highest, strict=True):
        of_range = np.flatnonzero((most >= low) & (most <= high))
        size = min(len(of_range), max(0, int(np.rint(count * share))))
        found.append(rng.choice(of_range, size=size, replace=False))
    return np.unique(np.concatenate(found))

"""Where a correlation reads: from x or its planes as they lie, or by way of columns."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from blobnet.ops.plans.cut import Cut
from blobnet.ops.plans.geometry import table, vector_begins
from blobnet.ops.tiles import (
    LANES,
    NARROW_PLACES,
    PLACES,
    PLANE_PLACES,
    SLACK,
    filled,
    panel_size,
    whole,
)
from blobnet.types import IntArray


class Reading(NamedTuple):
    """Tables of places in flat arrays, by vector; see `gather` in `compiled/layout.py`."""

    x_places: IntArray  # from x or its planes into a line
    line_places: IntArray  # where they go in the line; empty without a line
    places: IntArray  # from the line, or else from x or its planes
    y_places: IntArray
    width: int  # places in a vector
    line: int  # values of scratch memory
    columns: int

    @classmethod
    def of(
        cls, cut: Cut, terms: int, columns: int, x_image: int, x_row: int, y_image: int,
        y_row: int, *, by_output: bool,
    ) -> Reading:  # fmt: skip
        """For rows of `columns` places, and steps from image to image and from row to row."""
        images = range(cut.images_at_once)
        rows = list(product(images, range(cut.strip), vector_begins(columns)))
        x_places = [i * x_image + r * x_row + q for i, r, q in rows]
        nothing, count = table([]), cut.strip * columns
        if by_output:
            places = filled(x_places, PLANE_PLACES)
            y_places = filled([i * y_image + r * y_row + q for i, r, q in rows], PLANE_PLACES)
            width = min(LANES, columns)
            return cls(nothing, nothing, table(places), table(y_places), width, 0, 0)
        vectors = list(product(images, vector_begins(count)))
        y_places = filled([i * y_image + p for i, p in vectors], NARROW_PLACES)
        if x_row == columns or columns % LANES == 0:  # no vector goes over the end of a row
            line_places: list[int] = []
            places = [i * x_image + p // columns * x_row + p % columns for i, p in vectors]
        else:
            line_places = [i * count + r * columns + q for i, r, q in rows]
            places = [i * count + p for i, p in vectors]
        return cls(
            table(x_places), table(line_places), table(filled(places, PLACES)),
            table(y_places), min(LANES, count), cut.images_at_once * count + SLACK,
            whole(len(y_places), PLACES) // PLACES * panel_size(terms),
        )  # fmt: skip

"""Where a correlation reads: from x or its planes as they lie, or by way of columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from blobnet.ops.conv.blocking import Cut
from blobnet.ops.conv.geometry import table, vector_begins
from blobnet.ops.simd.isa import LANES, PLANE_PLACES, filled, panel_size, register_tile, whole
from blobnet.types import Table


class Reading(NamedTuple):
    """Tables of offsets in flat arrays, by vector; see `pack_b` in `packing_kernel.py`."""

    offsets: Table  # in x or its planes
    end_offsets: Table
    ends: Table
    y_offsets: Table
    width: int  # places in a vector
    columns: int  # values of scratch memory; 0 where tiles of a single output read x as it is

    @classmethod
    def of(
        cls, cut: Cut, terms: int, columns: int, x_image: int, x_row: int, y_image: int,
        y_row: int, *, by_output: bool,
    ) -> Reading:  # fmt: skip
        """For rows of `columns` places, and steps from image to image and from row to row."""
        images = range(cut.images_at_once)
        rows = list(product(images, range(cut.strip), vector_begins(columns)))
        by_row = [i * x_image + r * x_row + q for i, r, q in rows]
        y_by_row = [i * y_image + r * y_row + q for i, r, q in rows]
        nothing, count = table([]), cut.strip * columns
        if by_output:
            offsets, y_offsets = filled(by_row, PLANE_PLACES), filled(y_by_row, PLANE_PLACES)
            width = min(LANES, columns)
            return cls(table(offsets), nothing, nothing, table(y_offsets), width, 0)
        if x_row != columns < LANES - 1:  # a vector over the end of a row would need three offsets
            return cls.gathering(by_row, y_by_row, columns, terms)
        vectors = list(product(images, vector_begins(count)))
        y_offsets = [i * y_image + p for i, p in vectors]
        offsets, end_offsets, ends = [], [], []
        for i, p in vectors:
            row, q = divmod(p, columns)
            at = i * x_image + row * x_row
            end = LANES if x_row == columns else min(LANES, columns - q)
            offsets.append(at + q)
            end_offsets.append(at + q if end == LANES else at + x_row - end)
            ends.append(end)
        if set(ends) == {LANES}:
            end_offsets, ends = [], []
        width = min(LANES, count)
        return cls.gathering(offsets, y_offsets, width, terms, end_offsets, ends)

    @classmethod
    def gathering(
        cls, offsets: list[int], y_offsets: list[int], width: int, terms: int,
        end_offsets: Sequence[int] = (), ends: Sequence[int] = (),
    ) -> Reading:  # fmt: skip
        """By way of columns."""
        nr, narrow_nr = register_tile().nr, register_tile().narrow_nr
        panels = whole(len(offsets), nr) // nr
        return cls(
            table(filled(offsets, nr)), table(filled([*end_offsets], nr)),
            table(filled([*ends], nr)), table(filled(y_offsets, narrow_nr)), width,
            panels * panel_size(terms),
        )  # fmt: skip

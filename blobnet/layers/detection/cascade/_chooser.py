"""What layers that choose regions, or judge them, have in common: rows, and no gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.rounding import whole_numbers
from blobnet.types import Array, IntArray


class Chooser(Layer):
    """A layer whose tops are chosen from what it reads, or counted there.

    Tops whose rows are known only after forward have one row until then.
    """

    gradient_formula = "none: what is chosen has no gradient; asking for one is an error."

    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._has_shapes = False

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if any(propagate_down):
            raise self.error(
                "what is chosen is not computed: there is no gradient",
                fix="write `propagate_down: false` for each bottom of this layer",
            )

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def give_first_shapes(self, top: Blobs, *shapes: tuple[int, ...]) -> None:
        """Shapes for layers further down to begin with; forward knows better."""
        if not self._has_shapes:
            self._has_shapes = True
            for blob, shape in zip(top, shapes, strict=False):
                blob.reshape(shape)


def check_rows(layer: Layer, blob: Blob, index: int, columns: Sequence[int], what: str) -> None:
    """Refuse a bottom that has no rows of one of these numbers of columns."""
    if blob.num_axes < 2 or blob.count(1) not in columns:
        numbers = " or ".join(map(str, columns))
        raise layer.error(
            f"bottom[{index}] does not have {what}",
            expected=f"{numbers} numbers per row: shape (rows, {numbers})",
            got=f"shape {blob.shape}",
        )


def check_same_rows(layer: Layer, bottom: Blobs) -> None:
    """Refuse bottoms that do not have as many rows as the first."""
    for index, blob in enumerate(bottom):
        if not blob.num_axes or blob.shape[0] != bottom[0].shape[0]:
            raise layer.error(
                "all bottoms must have the same regions",
                expected=f"{bottom[0].shape[0] if bottom[0].num_axes else 'some'} rows, as "
                "bottom[0] has",
                got=f"bottom[{index}] of shape {blob.shape}",
            )


def rows_of(blob: Blob) -> Array:
    """A bottom's rows: (R, columns)."""
    rows: Array = blob.data.reshape(blob.shape[0], blob.count(1))
    return rows


def numbers_below(layer: Layer, values: Array, limit: int, what: str, least: int = 0) -> IntArray:
    """Whole numbers from `least` to below `limit`; fractions are cut off. Raises LayerError."""
    found = np.trunc(values)
    wrong = np.flatnonzero(~((found >= least) & (found < limit)))
    if wrong.size:
        raise layer.error(
            f"{what} is out of range",
            expected=f"a whole number from {least} to {limit - 1}",
            got=f"{values[wrong[0]]:g} in row {wrong[0]}",
        )
    return whole_numbers(found)

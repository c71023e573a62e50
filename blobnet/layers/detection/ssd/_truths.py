"""Ground truth as AnnotatedData gives it: a row for each box, with the number of its image."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.loggers import named_logger
from blobnet.ops.detection.box_codes import POLYGON
from blobnet.types import Array, IntArray

COLUMNS = 8
"""Image, class, instance, x1, y1, x2, y2, difficult; then, in TextBoxes++, a polygon."""

_log = named_logger("blobnet.layers.detection")


class Truths(NamedTuple):
    """The boxes of all images, in the order of the rows."""

    image: IntArray
    label: IntArray
    boxes: Array
    """(G, 4), or more behind each box: the points of TextBoxes++."""
    is_difficult: Array

    def of_image(self, image: int) -> Truths:
        chosen = self.image == image
        return Truths(*(values[chosen] for values in self))


def check_rows(layer: Layer, blob: Blob, index: int, columns: tuple[int, ...]) -> int:
    """How many columns a bottom of rows has: one of `columns`."""
    if blob.num == blob.channels == 1 and blob.width in columns and blob.num_axes == 4:
        return int(blob.width)
    raise layer.error(
        f"bottom[{index}] has no rows that fit",
        expected=" or ".join(f"(1, 1, rows, {width})" for width in columns),
        got=blob.shape,
    )


def check_truths(layer: Layer, blob: Blob, index: int, columns: int) -> None:
    """Refuse a bottom that has fewer values than its height has rows: Caffe asks no more."""
    has_rows = blob.num_axes == 4 and blob.height * columns <= blob.count()
    if not has_rows or columns != COLUMNS:
        check_rows(layer, blob, index, (columns,))


def tell_of_other_rows(layer: Layer, blob: Blob, index: int) -> None:
    """Say so where truth has another shape: that only serves nets which measure speed."""
    if blob.num_axes == 4 and not blob.num == blob.channels == 1:
        _log.warning(
            '%s layer "%s": bottom[%d] is no (1, 1, rows, %d) but %s; as in Caffe, its first '
            "%d values are read as %d rows",
            *(layer.type, layer.name, index, COLUMNS, blob.shape),
            *(blob.height * COLUMNS, blob.height),
        )


def whole_numbers(layer: Layer, values: Array, what: str) -> IntArray:
    """Fractions are cut off. Raises LayerError for what is no number, or too large."""
    good = np.abs(values) < 2**31
    if not good.all():
        raise layer.error(f"{what} is no whole number", got=float(values[~good][0]))
    return values.astype(np.int64)


def read_truths(
    layer: Layer,
    blob: Blob,
    index: int,
    background: int,
    *,
    use_difficult: bool = True,
    stops: bool = False,
) -> Truths:
    """The rows of a bottom, but for those of image -1, which only fill up; `stops` at the first."""
    columns = blob.width if blob.num == blob.channels == 1 else COLUMNS
    rows = blob.data.reshape(-1)[: blob.height * columns].reshape(-1, columns)
    return truths_of(layer, rows, index, background, use_difficult=use_difficult, stops=stops)


def truths_of(
    layer: Layer,
    rows: Array,
    index: int,
    background: int,
    *,
    use_difficult: bool = True,
    stops: bool = False,
) -> Truths:
    """The same, of rows that bottom[index] holds in these columns or in others."""
    image = whole_numbers(layer, rows[:, 0], f"an image's number in bottom[{index}]")
    label = whole_numbers(layer, rows[:, 1], f"a label in bottom[{index}]")
    is_difficult = rows[:, 7] != 0
    used = image != -1
    if stops:
        used &= np.cumsum(~used) == 0
    if (label[used] == background).any():
        raise layer.error(
            "Found background label in the dataset.",
            expected=f"no label {background} in bottom[{index}]",
            fix="number classes from 1, or state another background_label_id",
        )
    if not use_difficult:
        used &= ~is_difficult
    boxes = rows[:, 3:7]
    if rows.shape[1] == COLUMNS + POLYGON:
        boxes = np.concatenate((boxes, rows[:, 8:]), axis=1)
    return Truths(image[used], label[used], boxes[used], is_difficult[used])

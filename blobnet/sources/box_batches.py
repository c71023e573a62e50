"""Batches of images and the boxes in them, as YOLO's BoxData gives them.

Caffe: box_data_layer.cpp and data_transformer.cpp of YOLO (yeahkun/caffe-yolo).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.proto import Datum
from blobnet.sources.batches import DatumBatches
from blobnet.sources.image import resize_image
from blobnet.sources.source import Record, RecordSource
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape

TRIES = 1000
"""Parts of an image that are drawn, until there is a box in one."""

COLUMNS = 6
"""Numbers of a box in a record: class, difficult, x, y, width, height."""


class LabelForm(Protocol):
    """How the boxes of an image become a row of a label top."""

    count: int
    """How many numbers such a row has."""

    def write(self, boxes: Array, row: Array) -> None:
        """Fill the row from (boxes, 6)."""


class BoxList:
    """Rows [class, x, y, width, height], then zeros; of more boxes the first count."""

    def __init__(self, rows: int) -> None:
        self._rows, self.count = rows, 5 * rows

    def write(self, boxes: Array, row: Array) -> None:
        row.fill(0)
        listed = boxes[: self._rows, [0, 2, 3, 4, 5]]
        row[: listed.size] = listed.ravel()


class BoxGrid:
    """Of each cell whether its box is difficult, whether there is one, its class or -1; then x, y,
    width, height cell by cell. The last of several boxes in a cell counts."""

    def __init__(self, side: int) -> None:
        self._side, self.count = side, 7 * side * side

    def write(self, boxes: Array, row: Array) -> None:
        cells = self._side * self._side
        flags = row[: 3 * cells].reshape(3, cells)
        flags[:2], flags[2], row[3 * cells :] = 0, -1, 0
        places = np.minimum(np.floor(boxes[:, 2:4] * np.float32(self._side)), self._side - 1)
        for box, (column, line) in zip(boxes, places.astype(np.intp).tolist(), strict=True):
            cell = line * self._side + column
            flags[:, cell] = box[1], 1, box[0]
            row[3 * cells + 4 * cell :][:4] = box[2:]


class BoxBatches(DatumBatches):
    """Batches of images and, in several forms, of the boxes in them.

    is_cut  whether a part of each image is drawn, and made as large as the image was: at least
            0.71 of its sides, and where the centre of a box is
    """

    def __init__(
        self,
        open_source: Callable[[], RecordSource],
        decode: Callable[[Datum], Array],
        transformer: DataTransformer,
        rng: np.random.Generator,
        *,
        batch_size: int,
        forms: Sequence[LabelForm],
        is_cut: bool,
    ) -> None:
        super().__init__(open_source, decode, transformer, rng, batch_size=batch_size)
        self._forms, self._is_cut = forms, is_cut

    def _shapes_of(self, record: Record, image: Array) -> list[Shape]:
        images, *_ = super()._shapes_of(record, image)
        return [images, *((self._batch_size, form.count) for form in self._forms)]

    def read(self) -> list[Array]:
        records = [self._source.read() for _ in range(self._batch_size)]
        images = [self._values(record) for record in records]
        batch = self._empty_batch(records[0], images[0])
        self._check_shapes((records[0], images[0]), records, images)
        if self._forms:
            for n, record in enumerate(records):
                try:
                    images[n], boxes = self._with_boxes(record.datum, images[n])
                except DataError as error:
                    raise DataError(self._naming(record, error)) from error
                for form, labels in zip(self._forms, batch[1:], strict=True):
                    form.write(boxes, labels[n])
        self._transformer.transform(images, self._rng, batch[0])
        return batch

    def _with_boxes(self, datum: Datum, image: Array) -> tuple[Array, Array]:
        boxes = boxes_of(datum)
        return cut_out(image, boxes, self._rng) if self._is_cut else (image, boxes)


def boxes_of(datum: Datum) -> Array:
    """The boxes of a record, (boxes, 6). Raises DataError where they are none."""
    values = np.array(datum.float_data, np.float32)
    if not values.size or values.size % COLUMNS:
        raise DataError(
            explain(
                "Every box label has 6 labels (class, difficult, box)",
                expected="float_data of at least one box",
                got=f"{values.size} numbers",
                fix="make the database with convert_box_data",
            )
        )
    boxes = values.reshape(-1, COLUMNS)
    if not (np.isfinite(boxes).all() and (boxes[:, [0, 2, 3]] >= 0).all()):
        raise DataError(
            explain("class, x and y of a box must be at least 0", got=boxes.tolist()[:3])
        )
    return boxes


def cut_out(image: Array, boxes: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """A random part of an image with a box in it, as large as the image, and the boxes there.

    Boxes whose centres are outside are left out; the others stay whole, in whole pixels.
    """
    _, height, width = image.shape
    size = np.array([width, height])
    pixels = np.trunc(boxes[:, 2:] * np.tile(size, 2).astype(np.float32))
    for _ in range(TRIES):
        scale = np.float32(1 - int(rng.integers(30)) / 100)
        part = np.trunc(size.astype(np.float32) * scale).astype(np.int64) - 1
        if (part < 1).any():
            raise DataError(explain("the image is too small to cut a part out", got=image.shape))
        start = rng.integers(size - part)
        inside = ((pixels[:, :2] >= start) & (pixels[:, :2] < start + part)).all(axis=1)
        if inside.any():
            found = boxes[inside].copy()
            found[:, 2:4] = (pixels[inside, :2] - start) / part
            found[:, 4:6] = pixels[inside, 2:] / part
            (left, top), (right, bottom) = start.tolist(), (start + part).tolist()
            return resize_image(image[:, top:bottom, left:right], height, width), found
    raise DataError(
        explain(
            "no part of the image has the centre of a box",
            got=f"x, y of boxes {boxes[:3, 2:4].tolist()}",
            fix="x and y must be less than 1",
        )
    )

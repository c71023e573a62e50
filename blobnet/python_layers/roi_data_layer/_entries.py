"""One image of a roidb: what is known of it, whichever of the keys of py-faster-rcnn it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file
from blobnet.ops.detection.boxes import overlaps
from blobnet.python_layers._boxes import changes_to
from blobnet.python_layers._sampling import normalized
from blobnet.python_layers.fast_rcnn.config import Train
from blobnet.sources.image import decode_image, opened_image
from blobnet.types import Array, IntArray

Roidb = Sequence[Mapping[str, Any]]


@dataclass
class Entry:
    """An image and its boxes: those of objects, and perhaps others, that were proposed.

    image     a path, or (height, width, 3) bytes, blue first
    boxes     (R, 4) x1, y1, x2, y2 in pixels of the image, as it is after it was turned round
    labels    (R,) of objects; 0 for what was proposed
    flipped   whether the image is to be turned round, left to right
    most      (R,) how much a box overlaps the object that it overlaps most
    classes   (R,) the label of that one; 0 for none
    targets   (R, 5) label, then changes to that object; None: to be computed
    attributes, relations   (R, 16) and rows of object, relation, object; None: there are none
    masks     of each object, as large as its box, where it is; None: there are none (MNC)
    """

    image: Any
    boxes: Array
    labels: IntArray
    flipped: bool
    width: int
    height: int
    most: Array
    classes: IntArray
    targets: Array | None
    attributes: Array | None
    relations: IntArray | None
    masks: Sequence[Array] | None = None

    def pixels(self) -> Array:
        """(height, width, 3) bytes. Raises DataError where the file is no image."""
        pixels = self.image
        if isinstance(pixels, str | PathLike):
            pixels = decode_image(read_file(pixels, DataError), "color").transpose(1, 2, 0)
        found: Array = pixels[:, ::-1] if self.flipped else pixels
        return found

    def truth(self, scale: float) -> Array:
        """(G, 5) of the objects, in an image so many times as large; then attributes, relations."""
        objects = np.flatnonzero(self.labels)
        parts = [self.boxes[objects] * scale, self.labels[objects, None]]
        if self.attributes is not None:
            parts.append(self.attributes[objects])
            if self.relations is not None:
                parts.append(self._relations(len(objects)))
        return np.concatenate(parts, axis=1)

    def regression_targets(self, settings: Train) -> Array:
        """(R, 5) label and changes; a label of 0 where a box overlaps too little."""
        if self.targets is not None:
            return self.targets
        targets = np.zeros((len(self.boxes), 5))
        objects = np.flatnonzero(self.labels)
        near = np.flatnonzero(self.most >= settings.BBOX_THRESH)
        if len(objects) and len(near):
            boxes = self.boxes[near]
            nearest = overlaps(boxes, self.boxes[objects], border=1).argmax(axis=1)
            targets[near, 0] = self.classes[near]
            changes = changes_to(boxes, self.boxes[objects[nearest]])
            targets[near, 1:] = normalized(changes, settings)
        return targets

    def _relations(self, objects: int) -> Array:
        table = np.zeros((objects, objects))
        rows = self.relations
        if rows is not None and len(rows):
            if rows[:, [0, 2]].max() >= objects or rows[:, [0, 2]].min() < 0:
                raise DataError(explain("gt_relations names an object that is not there"))
            table[rows[:, 0], rows[:, 2]] = rows[:, 1]
        return table


def entries_of(roidb: Roidb) -> list[Entry]:
    """All of them. Raises DataError, which names the place, for what is none."""
    found = []
    for index, entry in enumerate(roidb):
        try:
            found.append(entry_of(entry))
        except DataError as error:
            raise DataError(f"roidb[{index}]: {error}") from error
    if not found:
        raise DataError(explain("the roidb is empty", expected="one image or more"))
    return found


def entry_of(entry: Mapping[str, Any]) -> Entry:
    """An Entry from a dict with `image`, `boxes`, `gt_classes`; the rest is found out."""
    if not isinstance(entry, Mapping):
        raise DataError(explain("no dict", got=type(entry).__name__))
    boxes = _rows(entry, "boxes", 4)
    labels = _column(entry, "gt_classes", len(boxes)).astype(np.int64)
    if not ((labels >= 0) & (labels < 2**31)).all():
        raise DataError(explain('"gt_classes" has a label below 0'))
    width, height = _size(entry)
    most, classes = _overlaps(entry, boxes, labels)
    has = {name for name in entry if entry[name] is not None}
    relations = _rows(entry, "gt_relations", 3) if "gt_relations" in has else None
    return Entry(
        entry["image"], boxes, labels, bool(entry.get("flipped", False)), width, height,
        most, classes,
        _rows(entry, "bbox_targets", 5, len(boxes)) if "bbox_targets" in has else None,
        _rows(entry, "gt_attributes", 16, len(boxes)) if "gt_attributes" in has else None,
        None if relations is None else relations.astype(np.int64),
    )  # fmt: skip


def nearest_objects(boxes: Array, labels: IntArray) -> tuple[Array, IntArray]:
    """How much each box overlaps the object that it overlaps most, and its label; 0 for none."""
    objects = np.flatnonzero(labels)
    if not len(objects):
        return np.zeros(len(boxes)), np.zeros(len(boxes), np.int64)
    common = overlaps(boxes, boxes[objects], border=1)
    nearest = common.argmax(axis=1)
    most: Array = common[np.arange(len(boxes)), nearest]
    return most, np.where(most > 0, labels[objects[nearest]], 0)


def _overlaps(entry: Mapping[str, Any], boxes: Array, labels: IntArray) -> tuple[Array, IntArray]:
    if "max_overlaps" in entry and "max_classes" in entry:
        classes = _column(entry, "max_classes", len(boxes)).astype(np.int64)
        return _column(entry, "max_overlaps", len(boxes)), classes
    if "gt_overlaps" in entry:
        table = _numbers(entry, "gt_overlaps")
        if table.ndim == 2 and table.shape[0] == len(boxes) and table.shape[1]:
            return table.max(axis=1), table.argmax(axis=1)
    return nearest_objects(boxes, labels)


def _size(entry: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height, as stated or as the image has them."""
    image = entry.get("image")
    if isinstance(image, np.ndarray):
        if image.ndim != 3 or image.shape[2] != 3 or not image.size:
            expected = "(height, width, 3), blue first"
            raise DataError(explain('"image"', expected=expected, got=f"shape {image.shape}"))
        return image.shape[1], image.shape[0]
    if not isinstance(image, str | PathLike):
        expected = "a path or an array (height, width, 3)"
        raise DataError(explain('"image"', expected=expected, got=type(image).__name__))
    if "width" in entry and "height" in entry:
        return int(entry["width"]), int(entry["height"])
    with opened_image(read_file(image, DataError)) as opened:
        width, height = opened.size
    return int(width), int(height)


def _rows(entry: Mapping[str, Any], name: str, columns: int, rows: int | None = None) -> Array:
    values = _numbers(entry, name)
    if values.size == 0:
        values = values.reshape(0, columns)
    if values.ndim != 2 or values.shape[1] != columns or rows not in (None, len(values)):
        expected = f"shape ({'n' if rows is None else rows}, {columns})"
        raise DataError(explain(f'"{name}"', expected=expected, got=f"shape {values.shape}"))
    return values


def _column(entry: Mapping[str, Any], name: str, rows: int) -> Array:
    values = _numbers(entry, name)
    if values.shape != (rows,):
        expected = f"{rows} numbers, as there are boxes"
        raise DataError(explain(f'"{name}"', expected=expected, got=f"shape {values.shape}"))
    return values


def _numbers(entry: Mapping[str, Any], name: str) -> Array:
    value: Any = entry.get(name)
    if value is not None and hasattr(value, "toarray"):  # a sparse matrix of SciPy
        value = value.toarray()
    try:
        values = np.array(value, np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(explain(f'"{name}"', expected="numbers", got=error)) from error
    if not np.isfinite(values).all():
        raise DataError(explain(f'"{name}"', expected="numbers", got=str(value)[:80]))
    return values

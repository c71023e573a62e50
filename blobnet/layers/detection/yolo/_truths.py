"""The true boxes of each image, out of the labels of YOLO's forks and of SSD.

Each is a row [class, x, y, width, height], relative to the image.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.layer import Layer
from blobnet.types import Array, Shape


def are_of_ssd(shape: Shape) -> bool:
    """Whether these are SSD's labels: (1, 1, boxes, 8)."""
    return len(shape) == 4 and shape[:2] == (1, 1) and shape[3] == 8


def listed(labels: Array, column: int) -> list[Array]:
    """The rows of each image up to the first whose `column` is 0; labels are (N, rows * 5)."""
    rows = labels.reshape(len(labels), math.prod(labels.shape[1:]) // 5, 5)
    ends = rows[:, :, column] == 0
    counts = np.where(ends.any(axis=1), ends.argmax(axis=1), rows.shape[1])
    return [image[:count] for image, count in zip(rows, counts.tolist(), strict=True)]


def of_ssd(layer: Layer, labels: Array, num: int, first_class: int) -> list[Array]:
    """The boxes of `num` images out of [image, class, instance, x1, y1, x2, y2, difficult].

    Rows of image -1 are none; the class `first_class` becomes 0.
    """
    rows = labels.reshape(-1, 8)
    rows = rows[np.trunc(rows[:, 0]) != -1]
    if not (np.trunc(rows[:, 0]) >= 0).all() or not (rows[:, 0] < num).all():
        raise layer.error(
            "bottom[1] has a box of an image that is not there",
            expected=f"image numbers from 0 to {num - 1}, or -1 for none",
            got=f"{rows[~((rows[:, 0] > -1) & (rows[:, 0] < num)), 0][0]:g}",
        )
    truths = np.empty((len(rows), 5), rows.dtype)
    truths[:, 0] = rows[:, 1] - first_class
    truths[:, 1:3] = (rows[:, 3:5] + rows[:, 5:7]) / 2
    truths[:, 3:5] = rows[:, 5:7] - rows[:, 3:5]
    images = rows[:, 0].astype(np.intp)
    return [truths[images == image] for image in range(num)]


def cells_of(layer: Layer, truths: Array, width: int, height: int) -> Array:
    """Column, row and flat place of the cell that each centre is in, (T, 3).

    Columns and rows are those of Caffe, which may lie beside the map; the place may not: Caffe
    would write elsewhere.
    """
    places = truths[:, 1:3] * np.array([width, height], truths.dtype)
    if not (np.isfinite(truths).all() and (np.abs(places) < 2**31).all()):
        raise layer.error("bottom[1] has a box whose numbers are none", got=truths.tolist()[:3])
    if not (truths[:, 3:5] > 0).all():
        raise layer.error(
            "bottom[1] has a box without width or height",
            got=truths[(truths[:, 3:5] <= 0).any(axis=1)][0].tolist(),
            fix="leave such boxes out of the database",
        )
    cells = np.empty((len(truths), 3), np.intp)
    cells[:, :2] = places
    cells[:, 2] = cells[:, 1] * width + cells[:, 0]
    if not ((cells[:, 2] >= 0) & (cells[:, 2] < width * height)).all():
        outside = truths[(cells[:, 2] < 0) | (cells[:, 2] >= width * height)][0]
        raise layer.error(
            "bottom[1] has a box whose centre is outside of the image",
            expected="x and y of at least 0 and less than 1",
            got=f"[class, x, y, width, height] = {outside.tolist()}",
        )
    return cells

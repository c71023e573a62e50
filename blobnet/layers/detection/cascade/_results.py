"""Detections and true boxes in the rows of FrcnnOutput and EvalData, for DetectionEvaluate."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers.detection.cascade._chooser import check_rows, rows_of
from blobnet.ops.detection.boxes import overlaps
from blobnet.types import Array

NO_CLASS = -1
# the columns of SSD's rows, in those of both bottoms here
_DETECTED = (0, 5, 6, 1, 2, 3, 4)
_TRUE = (0, 5, 6, 1, 2, 3, 4, 7)


def check_bottoms(layer: Layer, bottom: Blobs) -> None:
    """Refuse what is not detections, true boxes and the sizes of images."""
    check_rows(layer, bottom[0], 0, (7,), "detections")
    check_rows(layer, bottom[1], 1, (8,), "true boxes")
    check_rows(layer, bottom[2], 2, (2,), "heights and widths of images")


def count_found(bottom: Blobs) -> int:
    """How many detections there are; a row without a class is none."""
    return int(np.count_nonzero(_detections(bottom)[:, 1] != NO_CLASS))


def as_ssd(bottom: Blobs) -> tuple[Array, Array]:
    """The rows of detections and of true boxes, in SSD's columns."""
    return _detections(bottom), rows_of(bottom[1])[:, _TRUE]


def overlaps_in_image(
    layer: Layer, found: Array, true: Array, seen: Array, size: tuple[int, int] | None
) -> Array:
    """Overlaps (n, m) in pixels of the image, from boxes in those of what the net has seen.

    seen  height and width of that      size  of the image; None: the same
    """
    height, width = size or seen
    if not (seen > 0).all():
        raise layer.error("an image has no size", got=f"{seen.tolist()} in bottom[2]")
    share = np.array([width / seen[1], height / seen[0]] * 2, np.float32)
    shared: Array = overlaps(found * share, true * share, border=1)
    return shared


def size_of(layer: Layer, bottom: Blobs, image: int) -> Array:
    """Height and width of an image, as bottom[2] says."""
    sizes = rows_of(bottom[2])
    if not 0 <= image < len(sizes):
        raise layer.error(
            "a detection is of an image that has no size",
            expected=f"a number from 0 to {len(sizes) - 1} in the first column of bottom[0]",
            got=image,
        )
    its: Array = sizes[image]
    return its


def _detections(bottom: Blobs) -> Array:
    rows = rows_of(bottom[0])[:, _DETECTED]
    found: Array = rows[rows[:, 0] != -1]
    return found

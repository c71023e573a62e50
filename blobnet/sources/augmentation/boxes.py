"""Boxes as rows of an array: what becomes of them where an image is cut, and which of them stay.

A box is xmin ymin xmax ymax in shares of the image, float32; boxes are (n, 4). Caffe: bbox_util.cpp
of SSD.
"""

from __future__ import annotations

import numpy as np

from blobnet.proto import EmitConstraint
from blobnet.types import Array

WHOLE = np.array([0, 0, 1, 1], np.float32)
"""The box that is the image."""


def sizes(boxes: Array) -> Array:
    """(n,) areas; 0 for a box that ends before it begins."""
    width, height = boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]
    made: Array = np.where((width < 0) | (height < 0), np.float32(0), width * height)
    return made


def intersections(boxes: Array, others: Array) -> Array:
    """The common part of each two, all 0 where there is none; the arrays are broadcast."""
    lower = np.maximum(boxes[..., :2], others[..., :2])
    upper = np.minimum(boxes[..., 2:], others[..., 2:])
    common = np.concatenate([lower, upper], -1)
    return np.where((lower > upper).any(-1, keepdims=True), np.float32(0), common)


def jaccard_overlaps(boxes: Array, others: Array) -> Array:
    """What each two share, as a part of what they cover together."""
    shared = sizes(intersections(boxes, others))
    together = sizes(boxes) + sizes(others) - shared
    made: Array = np.divide(shared, together, out=np.zeros_like(shared), where=shared > 0)
    return made


def coverages(boxes: Array, others: Array) -> Array:
    """Which part of each box lies in the other one."""
    shared = sizes(intersections(boxes, others))
    own = np.broadcast_to(sizes(boxes), shared.shape)
    made: Array = np.divide(shared, own, out=np.zeros_like(shared), where=shared > 0)
    return made


def projected(window: Array, boxes: Array) -> tuple[Array, Array]:
    """The boxes in shares of a window, clipped to it; and which of them anything is left of."""
    outside = (boxes[:, :2] >= window[2:]) | (boxes[:, 2:] <= window[:2])
    corner, extent = window[:2], window[2:] - window[:2]
    moved = (boxes - np.tile(corner, 2)) / np.tile(extent, 2)
    moved = np.clip(moved, np.float32(0), np.float32(1))
    return moved, ~outside.any(1) & (sizes(moved) > 0)


def mirrored(boxes: Array) -> Array:
    """The boxes of the image that is flipped left and right."""
    flipped = boxes.copy()
    flipped[:, [0, 2]] = 1 - boxes[:, [2, 0]]
    made: Array = flipped
    return made


def emitted(window: Array, boxes: Array, constraint: EmitConstraint) -> Array:
    """Which boxes may stay where the window is cut out: by their centre, or by what is inside."""
    if constraint.emit_type == EmitConstraint.MIN_OVERLAP:
        stays: Array = coverages(boxes, window) > np.float32(constraint.emit_overlap)
    else:
        centre = (boxes[:, :2] + boxes[:, 2:]) / 2
        stays = ((centre < window[:2]) | (centre > window[2:])).sum(axis=1) == 0
    return stays


def pixels(box: Array, height: int, width: int) -> tuple[slice, slice]:
    """The rows and columns of a box, of which at least one pixel lies in the image."""
    left, top, right, bottom = np.clip(box, 0, 1) * np.array(
        [width, height, width, height], np.float32
    )
    first_row, first_column = min(int(top), height - 1), min(int(left), width - 1)
    rows, columns = max(int(bottom - top), 1), max(int(right - left), 1)
    return slice(first_row, first_row + rows), slice(first_column, first_column + columns)

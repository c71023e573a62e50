"""Boxes as YOLO writes them: (4, ...), centre x and y, width, height; and how much two share.

The functions take arrays that broadcast: (4, boxes, 1) and (4, truths) compare each with each.
A box without extent, or one that is no number, shares NaN: `best_overlap` counts that as 0.

Caffe: bbox_util.cpp of MobileNet-YOLO.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from blobnet.types import Array

Overlap = Callable[[Array, Array], Array]
"""How much two boxes have in common: 1 at most, and 1 only where they are equal."""


def corners(boxes: Array) -> tuple[Array, Array]:
    """The upper left and the lower right corner, (2, ...) each."""
    half = boxes[2:] / 2
    return boxes[:2] - half, boxes[:2] + half


def corners_in_image(boxes: Array) -> tuple[Array, Array]:
    """The corners of the part within the image; of a box beside it, in the wrong order."""
    low, high = corners(boxes)
    return np.maximum(low, 0), np.minimum(high, 1)


def iou(a: Array, b: Array) -> Array:
    """The area that two boxes share, as part of what they cover together."""
    shared = _shared(a, b)
    values: Array = shared / (a[2] * a[3] + b[2] * b[3] - shared)
    return values


def iou_in_image(a: Array, b: Array) -> Array:
    """IoU of what is within the image, from 0 to 1; 0 where boxes do not meet there."""
    (a_low, a_high), (b_low, b_high) = corners_in_image(a), corners_in_image(b)
    width, height = np.minimum(a_high, b_high) - np.maximum(a_low, b_low)
    shared = np.where((width > 0) & (height > 0), width * height, 0)
    covered = _area(a_low, a_high) + _area(b_low, b_high) - shared
    return np.where(shared > 0, shared / covered, 0)


def giou(a: Array, b: Array) -> Array:
    """IoU, less the part of the smallest box around both that neither covers."""
    width, height = _hull(a, b)
    area, shared = width * height, _shared(a, b)
    covered = a[2] * a[3] + b[2] * b[3] - shared
    return _less(shared / covered, (area - covered) / area, area)


def diou(a: Array, b: Array) -> Array:
    """IoU, less the distance of the centres by the diagonal around both, to the power 1.2."""
    squared = _squared_diagonal(a, b)
    return _less(iou(a, b), (_squared_distance(a, b) / squared) ** 0.6, squared)


def ciou(a: Array, b: Array) -> Array:
    """IoU, less the squared distance by the squared diagonal, less what the shapes differ in."""
    squared, plain = _squared_diagonal(a, b), iou(a, b)
    unlike = shape_difference(a, b)
    weight = unlike / (1 - plain + unlike + 1e-6)
    return _less(plain, _squared_distance(a, b) / squared + weight * unlike, squared)


def shape_difference(a: Array, b: Array) -> Array:
    """The squared angle between the diagonals of two boxes, 1 for a right one."""
    angle = np.arctan(b[2] / b[3]) - np.arctan(a[2] / a[3])
    difference: Array = 4 / math.pi**2 * angle * angle
    return difference


def best_overlap(boxes: Array, truths: Array, overlap: Overlap = iou) -> Array:
    """For each of the boxes (4, ...) its largest overlap with any of truths (T, 4); at least 0."""
    best = np.zeros(boxes.shape[1:], boxes.dtype)
    for truth in truths:  # one at a time: a map of all pairs may be large
        np.fmax(best, overlap(boxes, truth.reshape(4, *[1] * best.ndim)), out=best)
    return best


def best_shape(sizes: Array, size: Array, overlap: Overlap = iou) -> int:
    """Which of `sizes` (n, 2) is most like `size` (2,), both at one place; -1 where none is."""
    boxes = np.zeros((4, len(sizes)), sizes.dtype)
    boxes[2:] = sizes.T
    shared = shape_overlaps(boxes, size, overlap)
    best = int(np.argmax(shared))
    return best if shared[best] > 0 else -1


def shape_overlaps(boxes: Array, size: Array, overlap: Overlap = iou) -> Array:
    """The overlap of boxes (4, n) around 0 with one of `size` there; 0 where it is no number."""
    truth = np.zeros((4, 1), boxes.dtype)
    truth[2:, 0] = size
    shared = overlap(boxes, truth)
    return np.where(np.isnan(shared), 0, shared)


def _shared(a: Array, b: Array) -> Array:
    """The area of the intersection; 0 for boxes apart from each other."""
    (a_low, a_high), (b_low, b_high) = corners(a), corners(b)
    width, height = np.minimum(a_high, b_high) - np.maximum(a_low, b_low)
    apart = (width < 0) | (height < 0)
    return np.where(apart, 0, width * height)


def _area(low: Array, high: Array) -> Array:
    width, height = np.maximum(high - low, 0)
    values: Array = width * height
    return values


def _hull(a: Array, b: Array) -> Array:
    """Width and height of the smallest box around both."""
    (a_low, a_high), (b_low, b_high) = corners(a), corners(b)
    return np.maximum(a_high, b_high) - np.minimum(a_low, b_low)


def _squared_diagonal(a: Array, b: Array) -> Array:
    width, height = _hull(a, b)
    squared: Array = width * width + height * height
    return squared


def _squared_distance(a: Array, b: Array) -> Array:
    x, y = a[:2] - b[:2]
    squared: Array = x * x + y * y
    return squared


def _less(overlap: Array, penalty: Array, size: Array) -> Array:
    """overlap - penalty, but for boxes around which there is nothing."""
    return np.where(size == 0, overlap, overlap - penalty)

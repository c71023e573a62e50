"""Boxes as differences to prior boxes, as SSD's nets predict them, and back.

Boxes are corners [x1, y1, x2, y2] in the last axis. A code is one of

CORNER       the differences of the corners
CENTER_SIZE  those of the centres by the prior's size, and the logarithm of the ratio of the sizes
CORNER_SIZE  those of the corners by the prior's size

each divided by its variance, unless the variance is in the target. TextBoxes++ has further points
behind a box, in CENTER_SIZE: the four corners of a polygon (8 values), or two corners and the
height of a rotated box (5).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from blobnet.types import Array

CORNER: Final = 1
CENTER_SIZE: Final = 2
CORNER_SIZE: Final = 3

POLYGON: Final = 8
ROTATED: Final = 5

_CORNERS = (0, 1, 2, 1, 2, 3, 0, 3)
"""Which of x1, y1, x2, y2 each value of a polygon is relative to."""


def decode(
    code: int, priors: Array, variances: Array, deltas: Array, *, in_target: bool = False
) -> Array:
    """Boxes, and points behind them, from what was predicted.

    priors, variances  (P, 4)
    deltas             (..., P, 4), or more in the last axis
    in_target          predictions are differences as they are: nothing is scaled by variances
    """
    scales = np.ones_like(variances) if in_target else variances
    scaled = scales * deltas[..., :4]
    boxes: Array
    if code == CORNER:
        boxes = priors + scaled
        return boxes
    size = _sizes(priors)
    if code == CORNER_SIZE:
        boxes = priors + scaled * np.tile(size, 2)
        return boxes
    centre = scaled[..., :2] * size + _centres(priors)
    half = np.exp(scaled[..., 2:]) * size / 2
    boxes = np.concatenate((centre - half, centre + half), axis=-1)
    points = deltas[..., 4:]
    if not points.shape[-1]:
        return boxes
    return np.concatenate((boxes, _decoded_points(priors, size, points, scales)), axis=-1)


def encode(
    code: int, priors: Array, variances: Array, boxes: Array, *, in_target: bool = False
) -> Array:
    """What `decode` makes these boxes of. All arrays (n, 4), or more behind each box."""
    scales = np.ones_like(variances) if in_target else variances
    four, size = boxes[:, :4], _sizes(priors)
    found: Array
    if code == CORNER:
        found = (four - priors) / scales
        return found
    if code == CORNER_SIZE:
        found = (four - priors) / np.tile(size, 2) / scales
        return found
    centre = (_centres(four) - _centres(priors)) / size
    ratio = np.log(_sizes(four) / size)
    found = np.concatenate((centre, ratio), axis=1) / scales
    points = boxes[:, 4:]
    if not points.shape[1]:
        return found
    return np.concatenate((found, _encoded_points(priors, size, points, scales)), axis=1)


def _decoded_points(priors: Array, size: Array, points: Array, scales: Array) -> Array:
    count = points.shape[-1] // 2 * 2  # coordinates, and one height behind them or none
    found = np.empty_like(points)
    xy = np.tile(scales[:, :2], count // 2) * points[..., :count]
    found[..., :count] = xy * np.tile(size, count // 2) + _origins(priors, count)
    if count < points.shape[-1]:
        found[..., count] = np.exp(scales[:, 3] * points[..., count]) * size[:, 1]
    return found


def _encoded_points(priors: Array, size: Array, points: Array, scales: Array) -> Array:
    count = points.shape[-1] // 2 * 2
    found = np.empty_like(points)
    xy = (points[:, :count] - _origins(priors, count)) / np.tile(size, count // 2)
    found[:, :count] = xy / np.tile(scales[:, :2], count // 2)
    if count < points.shape[-1]:
        found[:, count] = np.log(points[:, count] / size[:, 1]) / scales[:, 3]
    return found


def _sizes(boxes: Array) -> Array:
    sizes: Array = boxes[..., 2:4] - boxes[..., :2]
    return sizes


def _centres(boxes: Array) -> Array:
    centres: Array = (boxes[..., :2] + boxes[..., 2:4]) / 2
    return centres


def _origins(priors: Array, points: int) -> Array:
    """What the coordinates of points are relative to: corners, or the centre."""
    if points == POLYGON:
        return priors[:, _CORNERS]
    return np.tile(_centres(priors), points // 2)

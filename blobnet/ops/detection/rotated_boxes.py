"""Rotated boxes of TextBoxes++: the ends of the upper side, and the height."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array


def rotated_from_polygons(polygons: Array) -> Array:
    """The rotated box (n, 5) [x1, y1, x2, y2, height] around each polygon of four corners (n, 8).

    Corners go from the upper left one clockwise. The centre is their mean, the width that of the
    upper and the lower side, the angle that of their angles; the height is the distance of the
    centre from both.
    """
    corners = polygons.reshape(-1, 4, 2)
    upper_left, upper_right, lower_right, lower_left = corners.swapaxes(0, 1)
    centre = corners.sum(axis=1) / 4
    upper, lower = upper_right - upper_left, lower_right - lower_left
    width = (_length(upper) + _length(lower)) / 2
    height = _distance(centre, upper_left, upper_right) + _distance(centre, lower_left, lower_right)
    angle = (np.arctan2(upper[:, 1], upper[:, 0]) + np.arctan2(lower[:, 1], lower[:, 0])) / 2
    along = np.column_stack((np.cos(angle), np.sin(angle)))
    across = np.column_stack((along[:, 1], -along[:, 0]))
    middle = centre + across * height[:, None] / 2
    half = along * width[:, None] / 2
    return np.column_stack((middle - half, middle + half, height)).astype(polygons.dtype)


def _length(side: Array) -> Array:
    length: Array = np.sqrt(np.square(side).sum(axis=1))
    return length


def _distance(point: Array, start: Array, end: Array) -> Array:
    """Of points from the lines through two others."""
    side = end - start
    area = point[:, 0] * side[:, 1] - point[:, 1] * side[:, 0]
    area += end[:, 0] * start[:, 1] - end[:, 1] * start[:, 0]
    distance: Array = np.abs(area) / (_length(side) + point.dtype.type(1e-6))
    return distance

"""How much turned boxes overlap.

A box is (x, y, width, height, angle): its centre, its sides, and the degrees by which it is turned,
from the x axis towards the y axis.
"""

from __future__ import annotations

import numpy as np

from blobnet.types import Array

_ROUNDING = 1e-9  # of a side: sides that lie on each other do so for all their corners


def rotated_overlaps(box: Array, others: Array) -> Array:
    """Of one box (5,) with each of the others (n, 5): the area of both by the area of either.

    1 where one lies wholly within the other, whatever their areas are, and 0 where one has no
    area: as OpenCV has it (rotatedRectIOU, nms.cpp). Float64 (n,).
    """
    first, second = rotated_corners(box[None]), rotated_corners(others)
    overlaps, within, are_there = _ious(box, others)
    enclosed = ~are_there.any(axis=(1, 2)) & (within[0].any(axis=1) | within[1].any(axis=1))
    overlaps[enclosed | (np.abs(first - second) < 1e-5).all(axis=(1, 2))] = 1
    overlaps[(np.prod(box[2:4]) <= 0) | (np.prod(others[:, 2:4], axis=1) <= 0)] = 0
    return overlaps


def rotated_ious(box: Array, others: Array) -> Array:
    """As `rotated_overlaps`, but of a box within another one, too, the area of both by either's.

    0 where neither has an area. Float64 (n,).
    """
    return _ious(box, others)[0]


def _ious(box: Array, others: Array) -> tuple[Array, list[Array], Array]:
    """The ratios of areas, which corners lie within the other box, and where sides meet."""
    first, second = rotated_corners(box[None]), rotated_corners(others)
    crossings, are_there = _crossings(first, second)
    inside = np.concatenate(
        [np.broadcast_to(first, second.shape), second, crossings.reshape(-1, 16, 2)], axis=1
    )
    within = [_within(first, second), _within(second, first)]
    both = _hull_areas(inside, np.concatenate([*within, are_there.reshape(-1, 16)], axis=1))
    either = np.prod(box[2:4]) + np.prod(others[:, 2:4], axis=1) - both
    ratios: Array = np.divide(both, either, out=np.zeros(len(others)), where=either > 0)
    return ratios, within, are_there


def rotated_corners(boxes: Array) -> Array:
    """The corners (n, 4, 2) of boxes (n, 5), one after the other around each box."""
    angle = np.radians(boxes[:, 4])
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1) * boxes[:, 2:3] / 2
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=1) * boxes[:, 3:4] / 2
    steps = np.stack([across - along, -across - along, along - across, along + across], axis=1)
    corners: Array = boxes[:, None, :2] + steps
    return corners


def _sides(corners: Array) -> Array:
    """From each corner to the next."""
    sides: Array = np.roll(corners, -1, axis=1) - corners
    return sides


def _lengths(sides: Array) -> Array:
    lengths: Array = np.sqrt(np.square(sides).sum(axis=-1))
    return lengths


def _cross(first: Array, second: Array) -> Array:
    product: Array = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return product


def _crossings(first: Array, second: Array) -> tuple[Array, Array]:
    """Where sides of two boxes meet, (n, 4, 4, 2), and whether they do, (n, 4, 4)."""
    one, other = _sides(first)[:, :, None], _sides(second)[:, None]
    apart = second[:, None] - first[:, :, None]
    turn = _cross(one, other)
    crosses = np.abs(turn) > _ROUNDING * _lengths(one) * _lengths(other)  # parallel sides do not
    turn = np.where(crosses, turn, 1)
    along_one, along_other = _cross(apart, other) / turn, _cross(apart, one) / turn
    for share in (along_one, along_other):
        crosses = crosses & (share >= -_ROUNDING) & (share <= 1 + _ROUNDING)
    return first[:, :, None] + along_one[..., None] * one, crosses


def _within(corners: Array, box: Array) -> Array:
    """Whether each corner (n, 4, 2) lies within a box, or on a side of it: (n, 4)."""
    sides, apart = _sides(box)[:, None], corners[:, :, None] - box[:, None]
    inwards = _cross(sides, apart) + _ROUNDING * _lengths(sides) ** 2
    within: Array = inwards.min(axis=2) >= 0
    return within


def _hull_areas(points: Array, are_there: Array) -> Array:
    """The area of the convex polygon with the corners (n, k, 2) that are there, in any order."""
    count = are_there.sum(axis=1)
    centre = (points * are_there[:, :, None]).sum(axis=1) / np.maximum(count, 1)[:, None]
    around = points - centre[:, None]
    angle = np.where(are_there, np.arctan2(around[:, :, 1], around[:, :, 0]), np.inf)
    order = np.argsort(angle, axis=1, kind="stable")
    # what is not there stands behind, in the place of the first corner: it adds no area
    order = np.where(np.arange(points.shape[1]) < count[:, None], order, order[:, :1])
    ordered = np.take_along_axis(around, order[:, :, None], axis=1)
    areas: Array = _cross(ordered, np.roll(ordered, -1, axis=1)).sum(axis=1) / 2
    return np.where(count > 2, areas, 0.0)

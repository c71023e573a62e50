"""Turned boxes of RRPN: (x, y, height, width, angle), the angle in degrees against the clock.

Ma et al., IEEE Transactions on Multimedia 2018.  rotation/generate_anchors.py, rbbox_transform.py
and rotate_polygon_nms_kernel.cu of mjq11302010044/RRPN.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.ops.detection.rotated_overlap import rotated_ious
from blobnet.types import Array, IntArray

RATIOS = (0.2, 0.5, 1.0)
"""Height by width."""
ANGLES = (-30.0, 0.0, 30.0, 60.0, 90.0, 120.0)
_BASE = 16.0  # pixels: the side of the square that anchors are made of


def turned_anchors(scales: Sequence[float]) -> Array:
    """The anchors (A, 5) of the first place, by ratio, then by scale, then by angle. float64."""
    centre, rows = _BASE / 2 - 1, []
    for ratio in RATIOS:
        width = np.round(np.sqrt(_BASE * _BASE / ratio))
        height = np.round(width * ratio)
        for scale in scales:
            rows += [(centre, centre, height * scale, width * scale, angle) for angle in ANGLES]
    return np.array(rows, np.float64).reshape(-1, 5)


def turned_at(anchors: Array, height: int, width: int, stride: float) -> Array:
    """Anchors at all places of a map: (height * width * A, 5), those of a place together."""
    across, down = np.meshgrid(np.arange(width) * stride, np.arange(height) * stride)
    shifts = np.zeros((height * width, 1, 5))
    shifts[:, 0, 0], shifts[:, 0, 1] = across.ravel(), down.ravel()
    placed: Array = anchors[None] + shifts
    return placed.reshape(-1, 5)


def turned_by(boxes: Array, changes: Array) -> Array:
    """Boxes (n, 5) after changes (n, 5): of the centre by the sides, of logarithms of width and
    height, and of the angle in radians; angles end between -45 and 135 degrees."""
    heights, widths = boxes[:, 2], boxes[:, 3]
    angle = boxes[:, 4] + np.degrees(changes[:, 4])
    angle = np.where(angle < -45, angle + 180, angle)
    angle = np.where(angle > 135, angle - 180, angle)
    return np.column_stack(
        [
            boxes[:, 0] + changes[:, 0] * widths,
            boxes[:, 1] + changes[:, 1] * heights,
            heights * np.exp(changes[:, 3]),
            widths * np.exp(changes[:, 2]),
            angle,
        ]
    )


def turned_changes_to(boxes: Array, targets: Array) -> Array:
    """What makes targets of boxes, both (n, 5), as `turned_by` takes it."""
    (x, y, h, w, angle), (tx, ty, th, tw, its) = boxes.T, targets.T
    turn = its - angle
    turn = np.where((its <= -30) & (angle >= 120), turn + 180, turn)
    turn = np.where((its >= 120) & (angle <= -30), turn - 180, turn)
    columns = (tx - x) / w, (ty - y) / h, np.log(tw / w), np.log(th / h), np.radians(turn)
    return np.stack(columns, axis=1)


def angles_between(boxes: Array, others: Array) -> Array:
    """Degrees between each of boxes (n, 5) and each of others (m, 5): (n, m)."""
    gaps = np.abs(boxes[:, None, 4] - others[None, :, 4])
    found: Array = np.where(gaps > 150, np.abs(180 - gaps), gaps)
    return found


def all_overlaps(boxes: Array, others: Array) -> Array:
    """`turned_overlaps` of each of boxes (n, 5) with each of others (m, 5): (n, m)."""
    columns = [turned_overlaps(other, boxes) for other in others]
    return np.stack(columns, axis=1) if columns else np.zeros((len(boxes), 0))


def turned_overlaps(box: Array, others: Array) -> Array:
    """The area that a box (5,) shares with each of others (n, 5), by the area of either."""
    return rotated_ious(_clockwise(box[None])[0], _clockwise(others))


def turned_nms(boxes: Array, most: float, limit: int) -> IntArray:
    """Which of boxes (n, 5), the best first, stay: none overlaps one before it by more than `most`.

    limit  at most so many; 0 or less: all
    """
    reach = np.hypot(boxes[:, 2], boxes[:, 3]) / 2  # of the circle around each
    left = np.arange(len(boxes))
    kept: list[int] = []
    while left.size and (limit <= 0 or len(kept) < limit):
        first, left = left[0], left[1:]
        kept.append(first)
        apart = np.hypot(*(boxes[left, :2] - boxes[first, :2]).T)
        near = np.flatnonzero(apart <= reach[left] + reach[first])
        is_apart = np.ones(left.size, bool)
        is_apart[near] = turned_overlaps(boxes[first], boxes[left[near]]) <= most
        left = left[is_apart]
    return np.array(kept, np.int64)


def _clockwise(boxes: Array) -> Array:
    """As (x, y, width, height, angle) with the angle from x towards y, which is downwards."""
    x, y, height, width, angle = boxes.T
    return np.column_stack([x, y, width, height, -angle])

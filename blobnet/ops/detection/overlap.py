"""The overlap of boxes in numpy, as `boxes.py` has it: what its kernels are compared with.

Boxes lie side by side: rows of x1, y1, x2, y2 and area.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.simd.isa import LANES, whole
from blobnet.types import Array


def paired_overlaps(a: Array, b: Array, *, border: float) -> Array:
    """The overlap of each of n boxes with the one in the same place: see `boxes.overlaps`.

    a, b  (n, 4) corners, of one number type

    Returns (n,).
    """
    left, right = (side_by_side(boxes, border)[:, : len(boxes)] for boxes in (a, b))
    return overlap(left, right, border)


def side_by_side(boxes: Array, border: float) -> Array:
    """Rows of x1, y1, x2, y2 and area, which end with as many values as kernels read."""
    rows = np.zeros((5, whole(len(boxes), LANES)), boxes.dtype)
    x1, y1, x2, y2 = rows[:4, : len(boxes)] = boxes.T
    border = boxes.dtype.type(border)
    with overflow_allowed():
        rows[4, : len(boxes)] = (x2 - x1 + border) * (y2 - y1 + border)
    return rows


def overlap(a: Array, b: Array, border: float) -> Array:
    """Of boxes in rows, all with all as their shapes broadcast."""
    border = a.dtype.type(border)
    with overflow_allowed():
        width = np.minimum(a[2], b[2]) - np.maximum(a[0], b[0]) + border
        height = np.minimum(a[3], b[3]) - np.maximum(a[1], b[1]) + border
        common = width * height
        ratio: Array = common / (a[4] + b[4] - common)
        ratio[~((width > 0) & (height > 0) & (ratio > 0))] = 0
    return ratio

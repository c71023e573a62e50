"""Boxes by their corners (x1, y1, x2, y2): what share of one of two boxes both have.

As in `boxes.py`, which has the overlap by the area that either has: sides are longer by a `border`
than their ends are apart; boxes that do not meet, and those with a corner that is no number, have
nothing in common.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.detection.boxes import nms
from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array, IntArray

UNION = "IOU"
FIRST = "IOFU"
SMALLER = "IOMU"
MODES = (UNION, FIRST, SMALLER)
"""By what the common area of two boxes is divided: all of both, the first, the smaller one."""


def shares(a: Array, b: Array, *, of: str, border: float) -> Array:
    """The common area of each of n boxes with each of m, by that of one of them.

    a, b  (n, 4) and (m, 4), of one number type
    of    FIRST: of the box of `a`; SMALLER: of the smaller one

    Returns (n, m).
    """
    rows, columns = a[:, None], b[None]
    one = a.dtype.type(border)
    with overflow_allowed():
        width, height = (
            np.minimum(rows[..., 2 + axis], columns[..., 2 + axis])
            - np.maximum(rows[..., axis], columns[..., axis])
            + one
            for axis in (0, 1)
        )
        area = _areas(a, one)[:, None]
        if of == SMALLER:
            area = np.minimum(area, _areas(b, one)[None])
        found: Array = width * height / area
        found[~((width > 0) & (height > 0) & (found > 0))] = 0
    return found


def nms_by(boxes: Array, threshold: float, mode: str, *, border: float) -> IntArray:
    """Non-maximum suppression by one of MODES: see `boxes.nms`.

    The first box of two is the one that has stayed.
    """
    if mode == UNION:
        return nms(boxes, threshold, border=border)
    kept: list[int] = []
    stays = np.ones(len(boxes), np.bool_)
    for j in range(len(boxes)):
        if stays[j]:
            kept.append(j)
            its = shares(boxes[j : j + 1], boxes[j + 1 :], of=mode, border=border)
            stays[j + 1 :] &= ~(its[0] > threshold)
    return np.array(kept, np.int64)


def _areas(boxes: Array, border: Any) -> Array:
    area: Array = (boxes[:, 2] - boxes[:, 0] + border) * (boxes[:, 3] - boxes[:, 1] + border)
    return area

"""Windows of time as boxes that are one pixel high: what boxes overlap and learn, they do, too.

A window (x1, x2) is a box (x1, 0, x2, 0): its ends belong to it, so its area is its length.
Xu et al., ICCV 2017.  tdcnn/twin_transform.py, rpn/generate_anchors.py of R-C3D.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.types import Array

_BASE = 8.0  # frames: the length of a window of scale 1


def as_boxes(windows: Array) -> Array:
    """(n, 2) as (n, 4): x1, 0, x2, 0. As many changes: of the centre, none, of the length, none."""
    boxes = np.zeros((len(windows), 4), windows.dtype)
    boxes[:, ::2] = windows
    return boxes


def anchors_at(length: int, stride: float, scales: Sequence[float]) -> Array:
    """The anchors of all places of a clip, (length * A, 4), those of a place together. float64."""
    center, lengths = (_BASE - 1) / 2, _BASE * np.array(scales, np.float64)
    half = (lengths - 1) / 2
    base = np.stack([center - half, center + half], axis=1)
    shifts = np.arange(length)[:, None, None] * stride
    return as_boxes((base + shifts).reshape(-1, 2))

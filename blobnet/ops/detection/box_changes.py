"""Boxes and what makes other boxes of them, as Faster R-CNN learns it.

The ends are pixels of the box, so a side has one more than their difference.

Ren et al., NIPS 2015.  fast_rcnn/bbox_transform.py of py-faster-rcnn.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array


def changes_to(boxes: Array, targets: Array) -> Array:
    """What makes targets of boxes: shifts of the centres by their sides, logarithms of sides."""
    (x, y, w, h), (tx, ty, tw, th) = _centers(boxes), _centers(targets)
    with overflow_allowed():
        changes = (tx - x) / w, (ty - y) / h, np.log(tw / w), np.log(th / h)
    return np.stack(changes, axis=1)


def changed_by(boxes: Array, changes: Array) -> Array:
    """The boxes after `changes_to`, in the changes' number type; the last pixel is one too far."""
    x, y, w, h = _centers(boxes.astype(changes.dtype))
    dx, dy, dw, dh = changes.T
    with overflow_allowed():
        x, y, w, h = dx * w + x, dy * h + y, np.exp(dw) * w, np.exp(dh) * h
        half = changes.dtype.type(0.5)
        corners = x - half * w, y - half * h, x + half * w, y + half * h
    return np.stack(corners, axis=1)


def clipped(boxes: Array, height: float, width: float) -> Array:
    """The boxes within an image of so many pixels."""
    limits = np.array([width, height, width, height], boxes.dtype) - boxes.dtype.type(1)
    inside: Array = np.maximum(np.minimum(boxes, limits), 0)
    return inside


def _centers(boxes: Array) -> tuple[Array, Array, Array, Array]:
    x1, y1, x2, y2 = boxes.T
    one, half = boxes.dtype.type(1), boxes.dtype.type(0.5)
    w, h = x2 - x1 + one, y2 - y1 + one
    return x1 + half * w, y1 + half * h, w, h

"""Masks of objects, each as large as the box that it fills.

Dai et al., CVPR 2016.  lib/transform/mask_transform.py of MNC (daijifeng001/MNC).
"""

from __future__ import annotations

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.ops.images.resize_floats import resize_floats
from blobnet.types import Array, IntArray

_MOST = 2**26
"""Pixels that a mask may have."""


def resized(mask: Array, height: int, width: int) -> Array:
    """(height, width) of a mask, interpolated linearly. Raises DataError for a senseless size."""
    if height < 1 or width < 1 or height * width > _MOST:
        got = f"{height} x {width}"
        raise DataError(explain("a mask for a box of no size", expected="1 x 1 or more", got=got))
    return resize_floats(mask.astype(np.float32)[:, :, None], height, width)[:, :, 0]


def size_of(box: IntArray) -> tuple[int, int]:
    """Height and width of a box, both ends in it."""
    return int(box[3] - box[1]) + 1, int(box[2] - box[0]) + 1


def mask_overlap(box: IntArray, other: IntArray, mask: Array, other_mask: Array) -> float:
    """The pixels that both masks have by those that either has; 0 where there are none."""
    common = _common(box, other)
    if common is None:
        return 0.0
    both = int((_cut(mask, box, common) & _cut(other_mask, other, common)).sum())
    either = int(mask.sum()) + int(other_mask.sum()) - both
    return both / either if either else 0.0


def mask_within(
    box: IntArray, other: IntArray, other_mask: Array, side: int, least: float
) -> Array:
    """What of an object's mask a box shows, (side, side) of bools: least and more of a pixel.

    box         whole numbers x1, y1, x2, y2, both ends in it
    other       the object's, which other_mask fills
    """
    common = _common(box, other)
    if common is None:
        return np.zeros((side, side), bool)
    height, width = size_of(box)
    if height * width > _MOST:
        raise DataError(explain("a mask for a box out of all size", got=f"{height} x {width}"))
    shown = np.zeros((height, width), np.float32)
    _window(shown, box, common)[...] = _cut(other_mask, other, common)
    found: Array = resized(shown, side, side) >= np.float32(least)
    return found


def _common(box: IntArray, other: IntArray) -> IntArray | None:
    """The box that both have; None: they do not meet."""
    begins, ends = np.maximum(box[:2], other[:2]), np.minimum(box[2:], other[2:])
    return np.concatenate([begins, ends]) if (begins <= ends).all() else None


def _window(mask: Array, box: IntArray, part: IntArray) -> Array:
    """The part of a mask that lies in another box, which the mask's box encloses."""
    x, y = part[0] - box[0], part[1] - box[1]
    height, width = size_of(part)
    return mask[y : y + height, x : x + width]


def _cut(mask: Array, box: IntArray, part: IntArray) -> Array:
    """The same as bools; what a mask does not reach is no object."""
    found = np.zeros(size_of(part), bool)
    its = _window(mask, box, part) > 0
    found[: its.shape[0], : its.shape[1]] = its
    return found

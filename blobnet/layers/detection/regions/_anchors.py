"""Anchors: boxes that stand at every place of a map, and what a net has made of them."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array, Shape


def placed(anchors: Array, size: Shape, stride: tuple[int, int]) -> Array:
    """Anchors (A, 4) moved to every place of a map: (rows, columns, A, 4)."""
    rows, columns = (
        np.arange(count).astype(anchors.dtype) * anchors.dtype.type(step)
        for count, step in zip(size, stride, strict=True)
    )
    found = np.empty((*size, *anchors.shape), anchors.dtype)
    found[..., 0::2] = columns[None, :, None, None] + anchors[:, 0::2]
    found[..., 1::2] = rows[:, None, None, None] + anchors[:, 1::2]
    return found


def changed(boxes: Array, deltas: Array, image: Array) -> Array:
    """Boxes as a net would have them, within an image of `image` = (height, width).

    boxes, deltas  (..., 4): corners, of whole pixels; changes of the center by width and height,
                   and the logarithms of what both are multiplied by
    """
    one, half = boxes.dtype.type(1), boxes.dtype.type(0.5)
    found = np.empty_like(boxes)
    for axis, most in ((0, image[1] - one), (1, image[0] - one)):
        first, last = boxes[..., axis], boxes[..., 2 + axis]
        size = last - first + one
        center = deltas[..., axis] * size + (first + half * size)
        half_size = half * (np.exp(deltas[..., 2 + axis]) * size)
        # with fmax NaN becomes 0, as in C++
        found[..., axis] = np.fmax(np.minimum(center - half_size, most), 0)
        found[..., 2 + axis] = np.fmax(np.minimum(center + half_size, most), 0)
    return found

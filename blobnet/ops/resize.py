"""Images in another size, to the last bit as OpenCV gives them to Caffe."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array

_Neighbours = tuple[Array, Array, Array, Array]

_ONE = 2048  # a weight of 1: OpenCV counts in steps of 1/2048


def resize_linear(image: Array, height: int, width: int) -> Array:
    """A (channels, rows, columns) image of bytes as (channels, height, width), interpolated.

    The centres of pixels are mapped onto each other, and each new one is mixed from the two by
    two around it. Reducing does not average: pixels in between are left out. OpenCV: cv::resize
    with INTER_LINEAR, in whole numbers.
    """
    columns, rows = _neighbours(image.shape[2], width), _neighbours(image.shape[1], height)
    out = np.empty((len(image), height, width), np.uint8)
    for channel, plane in zip(out, image, strict=True):  # one at a time, which a cache can hold
        channel[:] = _resize_plane(plane, columns, rows)
    return out


def _resize_plane(plane: Array, columns: _Neighbours, rows: _Neighbours) -> Array:
    left, right, left_weight, right_weight = columns
    above, below, above_weight, below_weight = rows
    wide = plane.take(left, 1) * left_weight
    wide += plane.take(right, 1) * right_weight
    wide >>= 4  # what is cut off here and below is part of OpenCV's result
    mixed, lower = wide.take(above, 0), wide.take(below, 0)
    mixed *= above_weight[:, None]
    lower *= below_weight[:, None]
    mixed >>= 16
    lower >>= 16
    mixed += lower
    mixed += 2
    mixed >>= 2
    return mixed


def _neighbours(old: int, new: int) -> _Neighbours:
    """For each new pixel along one axis: the old ones on both sides, and their weights.

    Beyond the outermost centres both are the pixel at the edge.
    """
    step = 1 / (new / old)  # not old / new, which may differ in the last bit
    centre = ((np.arange(new) + 0.5) * step - 0.5).astype(np.float32)
    first = np.floor(centre).astype(np.intp)
    share = centre - first.astype(np.float32)
    weights = np.rint(np.stack([1 - share, share]) * np.float32(_ONE)).astype(np.int32)
    return first.clip(0, old - 1), (first + 1).clip(0, old - 1), weights[0], weights[1]

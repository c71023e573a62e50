"""Images in another size, to the last bit as OpenCV gives them to Caffe."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array

_ONE = 2048  # a weight of 1: OpenCV counts in steps of 1/2048


def resize_linear(image: Array, height: int, width: int) -> Array:
    """A (channels, rows, columns) image of bytes as (channels, height, width), interpolated.

    The centres of pixels are mapped onto each other, and each new one is mixed from the two by
    two around it. Reducing does not average: pixels in between are left out. OpenCV: cv::resize
    with INTER_LINEAR, in whole numbers.
    """
    left, right, left_weight, right_weight = _neighbours(image.shape[2], width)
    above, below, above_weight, below_weight = _neighbours(image.shape[1], height)
    rows = image[:, :, left] * left_weight
    rows += image[:, :, right] * right_weight
    rows >>= 4  # what is cut off here and below is part of OpenCV's result
    mixed = rows[:, above] * above_weight[:, None] >> 16
    mixed += rows[:, below] * below_weight[:, None] >> 16
    mixed += 2
    mixed >>= 2
    return mixed.astype(np.uint8)


def _neighbours(old: int, new: int) -> tuple[Array, Array, Array, Array]:
    """For each new pixel along one axis: the old ones on both sides, and their weights.

    Beyond the outermost centres both are the pixel at the edge.
    """
    step = 1 / (new / old)  # not old / new, which may differ in the last bit
    centre = ((np.arange(new) + 0.5) * step - 0.5).astype(np.float32)
    first = np.floor(centre).astype(np.intp)
    share = centre - first.astype(np.float32)
    weights = np.rint(np.stack([1 - share, share]) * np.float32(_ONE)).astype(np.int32)
    return first.clip(0, old - 1), (first + 1).clip(0, old - 1), weights[0], weights[1]

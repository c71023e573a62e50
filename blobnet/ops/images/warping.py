"""Images turned and moved. OpenCV: cv::warpAffine with INTER_LINEAR and BORDER_TRANSPARENT."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array

_STEPS = 32  # parts of a pixel that a place is known to
_PARTS = 1024  # and those that it is computed in


def warp_affine(image: Array, matrix: Array, height: int, width: int) -> Array:
    """(channels, height, width) from a (channels, rows, columns) image of floats.

    matrix  (2, 3): where x, y, 1 of the image go. What comes from outside of it is 0
    """
    channels, rows, columns = image.shape
    result = np.zeros((channels, height, width), image.dtype)
    linear = matrix[:, :2].astype(np.float64)
    back = np.linalg.inv(linear)
    offset = -back @ matrix[:, 2]
    x, y = (
        np.rint(back[i, 0] * np.arange(width) * _PARTS).astype(np.int64)
        + np.rint((back[i, 1] * np.arange(height) + offset[i]) * _PARTS).astype(np.int64)[:, None]
        for i in range(2)
    )
    half = _PARTS // _STEPS // 2
    x, y = ((place + half) // (_PARTS // _STEPS) for place in (x, y))
    left, top = x // _STEPS, y // _STEPS
    inside = (left >= 0) & (left < columns - 1) & (top >= 0) & (top < rows - 1)
    left, top = left[inside], top[inside]
    across = (x[inside] % _STEPS).astype(image.dtype) / _STEPS
    down = (y[inside] % _STEPS).astype(image.dtype) / _STEPS
    upper = image[:, top, left] * (1 - across) + image[:, top, left + 1] * across
    lower = image[:, top + 1, left] * (1 - across) + image[:, top + 1, left + 1] * across
    result[:, inside] = upper * (1 - down) + lower * down
    return result

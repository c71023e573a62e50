"""Images of floats in another size, as OpenCV gives them: see `ops/images/resize.py` for bytes."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array


def resize_floats(image: Array, height: int, width: int, factor: float | None = None) -> Array:
    """A (rows, columns, channels) image as (height, width, channels), interpolated linearly.

    The centres of pixels are mapped onto each other, and each new one is mixed from the two by two
    around it. OpenCV: cv::resize with INTER_LINEAR, up to the rounding of the last bit or two,
    which is not the same in all its builds.

    factor  new pixels to an old one, where a factor was stated and not a size
    """
    rows, columns, channels = image.shape
    left, right, share = _neighbours(columns, width, factor, image)
    above, below, lower_share = _neighbours(rows, height, factor, image)
    wide = _mixed(image.take(left, 1), image.take(right, 1), share[:, None])
    wide = wide.reshape(rows, width * channels)
    mixed = _mixed(wide.take(above, 0), wide.take(below, 0), lower_share[:, None])
    made: Array = mixed.reshape(height, width, channels)
    return made


def _mixed(first: Array, second: Array, share: Array) -> Array:
    """Of two taken arrays, in the memory of the second."""
    second -= first
    second *= share
    second += first
    return second


def _neighbours(
    old: int, new: int, factor: float | None, image: Array
) -> tuple[Array, Array, Array]:
    """For each new pixel along one axis: the old ones on both sides, and the second one's share."""
    step = 1 / (new / old if factor is None else factor)
    centre = (np.arange(new) + 0.5) * step - 0.5
    first = np.floor(centre).astype(np.intp)
    share = (centre - first).astype(image.dtype)
    share[(first < 0) | (first >= old - 1)] = 0
    return first.clip(0, old - 1), (first + 1).clip(0, old - 1), share

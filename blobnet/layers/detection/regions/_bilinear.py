"""Values between the pixels of an image, mixed from the four around."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.types import Array, IntArray


class Points(NamedTuple):
    """Where samples are on one axis.

    inside     whether there is anything: up to half a pixel beside the image
    at         where it is, within the image
    low, high  the pixels on both sides; both are the last one at the end, or 0 outside
    """

    inside: Array
    at: Array
    low: IntArray
    high: IntArray

    @property
    def share(self) -> Array:
        """How much of a sample is of the pixel `high`."""
        share: Array = self.at - self.low.astype(self.at.dtype)
        return share

    @property
    def weights(self) -> tuple[Array, Array]:
        """How much of a sample is of the pixels `low` and `high`; nothing outside."""
        return np.where(self.inside, 1 - self.share, 0), np.where(self.inside, self.share, 0)


def points(at: Array, size: int) -> Points:
    """Points at places that may be outside of an image of this size."""
    half, last = at.dtype.type(0.5), max(size - 1, 0)
    inside = (at >= -half) & (at <= at.dtype.type(size) - half)
    low = np.where(inside, np.maximum(at, 0), 0).astype(np.int64)
    is_last = low >= last
    low = np.minimum(low, last)
    found = np.where(is_last, low.astype(at.dtype), np.maximum(at, 0))
    return Points(
        inside, np.where(inside, found, 0), low, np.where(is_last | ~inside, low, low + 1)
    )

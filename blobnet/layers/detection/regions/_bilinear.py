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


def sample(x: Array, down: Points, across: Points) -> Array:
    """x (..., H, W) at all rows and columns that the points give: 0 where one is outside."""
    rows = x[..., down.low, :], x[..., down.high, :]
    down_share, share = down.share[:, None], across.share
    one = x.dtype.type(1)
    weights = (
        (one - down_share) * (one - share),
        (one - down_share) * share,
        down_share * (one - share),
        down_share * share,
    )
    corners = [row[..., side] for row in rows for side in (across.low, across.high)]
    y: Array = weights[0] * corners[0]
    for weight, corner in zip(weights[1:], corners[1:], strict=True):
        y += weight * corner
    y[..., ~(down.inside[:, None] & across.inside)] = 0
    return y


def shares(its: Points, size: int) -> Array:
    """How much of each point is of each pixel: (points, size)."""
    found = np.zeros((len(its.at), size), its.at.dtype)
    numbers = np.arange(len(its.at))
    np.add.at(found, (numbers, its.low), np.where(its.inside, 1 - its.share, 0))
    np.add.at(found, (numbers, its.high), np.where(its.inside, its.share, 0))
    return found

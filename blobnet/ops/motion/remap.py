"""Images read at places between their pixels, which are 0 outside."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from blobnet.types import Array


class _Corner(NamedTuple):
    """One of the four pixels around each place of an image; all (h, w).

    weight   how much it counts
    slopes   by how much that changes with x, and with y
    place    where it stands in the flat image, 0 where it is outside
    exists   whether it is in the image
    """

    weight: Array
    slopes: tuple[Array, Array]
    place: Array
    exists: Array


def forward(x: Array, places: Array, y: Array) -> None:
    """x (N, C, H, W) at places (N, 2, h, w), x and y in pixels: y (N, C, h, w)."""
    y.fill(0)
    for image, where, out in zip(x, places, y, strict=True):
        for corner in _corners(where, x.shape[2:]):
            out += corner.weight * _pixels(image, corner)


def backward_to_image(places: Array, dy: Array, dx: Array) -> None:
    dx.fill(0)
    for out, where, change in zip(dx, places, dy, strict=True):
        flat = out.reshape(len(out), -1)
        for corner in _corners(where, dx.shape[2:]):
            given = np.where(corner.exists, corner.weight * change, 0)
            for plane, values in zip(flat, given, strict=True):
                np.add.at(plane, corner.place.reshape(-1), values.reshape(-1))


def backward_to_places(x: Array, places: Array, dy: Array, dplaces: Array) -> None:
    dplaces.fill(0)
    for image, where, change, out in zip(x, places, dy, dplaces, strict=True):
        for corner in _corners(where, x.shape[2:]):
            gain = np.einsum("chw,chw->hw", _pixels(image, corner), change)
            out[0] += corner.slopes[0] * gain
            out[1] += corner.slopes[1] * gain


def _corners(where: Array, size: tuple[int, ...]) -> Iterator[_Corner]:
    height, width = size
    low = np.floor(where)
    share = where - low
    for right, down in product((0, 1), (0, 1)):
        across = share[0] if right else 1 - share[0]
        along = share[1] if down else 1 - share[1]
        column, row = low[0] + right, low[1] + down
        exists = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        place = np.where(exists, row * width + column, 0).astype(np.intp)
        slopes = (along if right else -along, across if down else -across)
        yield _Corner(across * along, slopes, place, exists)


def _pixels(image: Array, corner: _Corner) -> Array:
    """The corner's pixels of each channel: (C, h, w)."""
    if not image[0].size:
        return np.zeros((len(image), *corner.place.shape), image.dtype)
    found: Array = np.where(corner.exists, image.reshape(len(image), -1)[:, corner.place], 0)
    return found

"""The largest values of a turned region's bins."""

from __future__ import annotations

import math

import numpy as np

from blobnet.types import Array, IntArray


def pool_turned(
    x: Array,
    region: Array,
    scale: float,
    size: tuple[int, int],
    out: Array,
    argmax: IntArray,
) -> None:
    """Fill `out` and `argmax`, (C, bins down, bins across), for one region of a map x (C, H, W).

    region  (x, y, height, width, angle) in pixels of the image: the centre, sides, and degrees
            against the clock
    scale   pixels of the map for one of the image
    size    rows and columns of the map in which a value counts
    argmax  row * W + column of each value; -1 where there is none above 0, and `out` is 0
    """
    out.fill(0)
    argmax.fill(-1)
    corners = _corners(region.astype(np.float64) * [scale, scale, scale, scale, 1], out.shape[1:])
    if not np.isfinite(corners).all():
        return
    opposite = corners[:, :, 1] + corners[:, :, 2] - corners[:, :, 0]
    ends = np.concatenate([corners.reshape(-1, 2), opposite.reshape(-1, 2)])
    low = np.maximum(np.floor(ends.min(axis=0)), 0)
    high = np.minimum(np.ceil(ends.max(axis=0)) + 1, [size[1], size[0]])
    if (high <= low).any() or not x.shape[0]:
        return
    (left, above), (right, below) = low.astype(int), high.astype(int)
    columns, rows = np.meshgrid(np.arange(left, right), np.arange(above, below))
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    places = pixels[:, 1] * x.shape[2] + pixels[:, 0]
    values = x.reshape(len(x), -1)[:, places]
    values = np.where(values > 0, values, 0)  # of NaN, too
    for i, j in np.ndindex(*out.shape[1:]):
        inside = np.flatnonzero(_is_in(pixels, corners[i, j]))
        if inside.size:
            its = values[:, inside]
            best = its.argmax(axis=1)
            most = its[np.arange(len(x)), best]
            out[:, i, j] = most
            argmax[:, i, j] = np.where(most > 0, places[inside[best]], -1)


def _corners(region: Array, bins: tuple[int, ...]) -> Array:
    """Of each bin the first corner, that below it and that to the right: (down, across, 3, 2)."""
    x, y, height, width, angle = region
    down, across = bins
    cos, sin = math.cos(angle / 180 * math.pi), math.sin(angle / 180 * math.pi)
    right = np.array([cos, -sin]) * width / across
    below = np.array([sin, cos]) * height / down
    steps = np.arange(across) - across / 2, np.arange(down) - down / 2
    first = np.array([x, y]) + steps[0][None, :, None] * right + steps[1][:, None, None] * below
    return np.stack([first, first + below, first + right], axis=2)


def _is_in(pixels: Array, corners: Array) -> Array:
    """Which pixels (n, 2) lie in the bin with these three corners, its first two sides included."""
    apart = pixels - corners[0]
    result = np.ones(len(pixels), bool)
    for corner in corners[1:]:
        side = corner - corners[0]
        along = apart @ side
        result &= (along >= 0) & (along < side @ side)
    return result

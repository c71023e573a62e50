"""Blurring, eroding and evening out images of bytes, (channels, height, width)."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array

_BLUR = (9, 29, 55, 70, 55, 29, 9)
"""Seven weights of a Gaussian with deviation 1.5, in steps of 1/256."""


def blur(image: Array) -> Array:
    """GaussianBlur of 7 x 7 with deviation 1.5; the edges are mirrors."""
    _, rows, columns = image.shape
    framed = np.pad(image, ((0, 0), (3, 3), (3, 3)), "reflect").astype(np.int32)
    tall = np.zeros((len(image), rows, columns + 6), np.int32)
    for i, weight in enumerate(_BLUR):
        tall += weight * framed[:, i : i + rows]
    mixed = np.full(image.shape, 1 << 15, np.int32)
    for i, weight in enumerate(_BLUR):
        mixed += weight * tall[:, :, i : i + columns]
    return (mixed >> 16).astype(np.uint8)


def erode(image: Array) -> Array:
    """The smallest value of each pixel and the four beside it."""
    framed = np.pad(image, ((0, 0), (1, 1), (1, 1)), constant_values=255)
    result = image.copy()
    for part in (
        framed[:, :-2, 1:-1],
        framed[:, 2:, 1:-1],
        framed[:, 1:-1, :-2],
        framed[:, 1:-1, 2:],
    ):
        np.minimum(result, part, out=result)
    made: Array = result
    return made


def posterize(image: Array, step: int = 64) -> Array:
    """As many levels as steps fit, each in the middle of its step."""
    result: Array = (image // step * step + step // 2).astype(np.uint8)
    return result


def equalize(plane: Array) -> Array:
    """A (height, width) plane of which every level is as frequent as any. OpenCV: equalizeHist."""
    counts = np.bincount(plane.ravel(), minlength=256)
    lowest = int(np.flatnonzero(counts)[0])
    if counts[lowest] == plane.size:
        made: Array = plane.copy()
        return made
    factor = np.float32(255) / np.float32(plane.size - counts[lowest])
    counts[lowest] = 0
    table = np.rint(counts.cumsum().astype(np.float32) * factor).clip(0, 255)
    result: Array = table.astype(np.uint8)[plane]
    return result


def equalize_locally(plane: Array, limit: float = 4, tiles: int = 8) -> Array:
    """The same in tiles, none of which stretches contrasts beyond a limit. OpenCV: CLAHE."""
    height, width = plane.shape
    framed = plane
    if height % tiles or width % tiles:
        missing = tiles - height % tiles, tiles - width % tiles
        framed = np.pad(plane, ((0, missing[0]), (0, missing[1])), "reflect")
    tables = _tables_of_tiles(framed, limit, tiles)
    above, below, down = _tiles_around(height, framed.shape[0] // tiles, tiles)
    left, right, across = _tiles_around(width, framed.shape[1] // tiles, tiles)
    down, one = down[:, None], np.float32(1)
    above, below = above[:, None], below[:, None]
    upper = tables[above, left, plane] * (one - across) + tables[above, right, plane] * across
    lower = tables[below, left, plane] * (one - across) + tables[below, right, plane] * across
    result: Array = np.rint(upper * (one - down) + lower * down).astype(np.uint8)
    return result


def _tables_of_tiles(plane: Array, limit: float, tiles: int) -> Array:
    """(tiles, tiles, 256) float32: what each level becomes in the middle of each tile."""
    height, width = plane.shape[0] // tiles, plane.shape[1] // tiles
    blocks = plane.reshape(tiles, height, tiles, width).swapaxes(1, 2).reshape(tiles * tiles, -1)
    size = height * width
    most = max(int(limit * size / 256), 1)
    numbered = blocks.astype(np.int64) + 256 * np.arange(tiles * tiles)[:, None]
    counts = np.bincount(numbered.ravel(), minlength=tiles * tiles * 256).reshape(-1, 256)
    cut_off = np.maximum(counts - most, 0).sum(1)
    counts = np.minimum(counts, most) + cut_off[:, None] // 256
    rest = cut_off % 256
    step = np.maximum(256 // np.maximum(rest, 1), 1)[:, None]
    level = np.arange(256)
    counts += (level % step == 0) & (level // step < rest[:, None])
    factor = np.float32(255) / np.float32(size)
    tables = np.rint(counts.cumsum(1).astype(np.float32) * factor).clip(0, 255)
    result: Array = tables.astype(np.float32).reshape(tiles, tiles, 256)
    return result


def _tiles_around(size: int, tile: int, tiles: int) -> tuple[Array, Array, Array]:
    """For each pixel along one axis: the tiles whose middles it lies between, and where."""
    place = np.arange(size, dtype=np.float32) * np.float32(1 / tile) - np.float32(0.5)
    first = np.floor(place)
    share = place - first
    numbers = first.astype(np.intp)
    return numbers.clip(0), (numbers + 1).clip(max=tiles - 1), share

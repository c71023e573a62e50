"""Images in another size, by any of OpenCV's five ways.

    linear    mixed from the two by two pixels around: `resize_linear`
    area      each new pixel is the mean of what it covers; where an image grows, linear by edges
    nearest   the pixel at the left and upper edge of what it covers
    cubic     mixed from four by four, with weights that overshoot
    lanczos4  mixed from eight by eight

All of them are two passes, along rows and along columns; what a pass takes from where is a table
of a few places with their weights for each new pixel. OpenCV: cv::resize.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from blobnet.ops.images.resize import resize_from, resize_linear
from blobnet.types import Array

Interpolation = Literal["linear", "area", "nearest", "cubic", "lanczos4"]

_ONE = 2048  # a weight of 1 in whole numbers
_CUBIC = np.float32(-0.75)


class Taps(NamedTuple):
    """For each new pixel along one axis: old ones, and how much each counts.

    places, weights  (taps, new)
    """

    places: Array
    weights: Array


def resize(image: Array, height: int, width: int, interpolation: Interpolation) -> Array:
    """A (channels, rows, columns) image of bytes as (channels, height, width)."""
    _, rows, columns = image.shape
    if (rows, columns) == (height, width):
        made: Array = image.copy()
        return made
    if interpolation == "linear":
        return resize_linear(image, height, width)
    if interpolation == "nearest":
        return image[:, _nearest(rows, height)[:, None], _nearest(columns, width)]
    if interpolation == "area":
        return _by_area(image, height, width)
    taps = _cubic if interpolation == "cubic" else _lanczos4
    wide = _mixed(image.astype(np.int32), taps(columns, width), 2)
    mixed = _mixed(wide.astype(np.int64), taps(rows, height), 1)
    return ((mixed + (1 << 21)) >> 22).clip(0, 255).astype(np.uint8)


def _mixed(image: Array, taps: Taps, axis: int) -> Array:
    """The sum over the taps; one after the other, so that its order never changes."""
    weights = taps.weights if axis == 2 else taps.weights[..., None]
    result = image.take(taps.places[0], axis) * weights[0]
    for places, weight in zip(taps.places[1:], weights[1:], strict=True):
        result += image.take(places, axis) * weight
    made: Array = result
    return made


def resize_floats_cubic(image: Array, height: int, width: int) -> Array:
    """A (channels, rows, columns) image of floats as (channels, height, width)."""
    _, rows, columns = image.shape
    if (rows, columns) == (height, width):
        made: Array = image.copy()
        return made
    tables = []
    for old, new in ((columns, width), (rows, height)):
        first, share = _centres(old, new)
        places = (first + np.arange(4)[:, None] - 1).clip(0, old - 1)
        tables.append(Taps(places, _cubic_weights(share).astype(image.dtype)))
    return _mixed(_mixed(image, tables[0], 2), tables[1], 1)


def _nearest(old: int, new: int) -> Array:
    step = 1 / (new / old)
    made: Array = np.floor(np.arange(new) * step).astype(np.intp).clip(0, old - 1)
    return made


def _centres(old: int, new: int) -> tuple[Array, Array]:
    """Where new pixels' centres fall: the old pixel on the left, and how far behind it."""
    centre = ((np.arange(new) + 0.5) * (1 / (new / old)) - 0.5).astype(np.float32)
    first = np.floor(centre)
    return first.astype(np.intp), centre - first


def _whole(first: Array, weights: Array, old: int, before: int) -> Taps:
    """Taps around `first`, of which so many lie before it, with weights in whole numbers."""
    places = first + np.arange(len(weights))[:, None] - before
    return Taps(places.clip(0, old - 1), np.rint(weights * np.float32(_ONE)).astype(np.int32))


def _cubic(old: int, new: int) -> Taps:
    first, share = _centres(old, new)
    return _whole(first, _cubic_weights(share), old, 1)


def _cubic_weights(share: Array) -> Array:
    """(4, n): of the pixel before the one on the left, of that, and of the two on the right."""
    a, one = _CUBIC, np.float32(1)
    far, near = share + one, one - share
    outer = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a
    inner = ((a + 2) * share - (a + 3)) * share * share + one
    next_ = ((a + 2) * near - (a + 3)) * near * near + one
    return np.stack([outer, inner, next_, one - outer - inner - next_])


def _lanczos4(old: int, new: int) -> Taps:
    first, share = _centres(old, new)
    distance = share.astype(np.float64) + 3 - np.arange(8)[:, None]
    weights = np.sinc(distance) * np.sinc(distance / 4)
    weights = (weights / weights.sum(0)).astype(np.float32)
    return _whole(first, weights, old, 3)


# --- by area --------------------------------------------------------------------------------------


def _by_area(image: Array, height: int, width: int) -> Array:
    _, rows, columns = image.shape
    if height > rows or width > columns:
        return resize_from(image, _from_edges(columns, width), _from_edges(rows, height))
    if rows % height == 0 and columns % width == 0:
        return _means_of_blocks(image, rows // height, columns // width)
    wide = _mixed(image.astype(np.float32), _covered(columns, width), 2)
    mixed = _mixed(wide, _covered(rows, height), 1)
    return np.rint(mixed).clip(0, 255).astype(np.uint8)


def _means_of_blocks(image: Array, tall: int, wide: int) -> Array:
    channels, rows, columns = image.shape
    blocks = image.reshape(channels, rows // tall, tall, columns // wide, wide)
    means: Array = blocks.sum((2, 4), dtype=np.int64)
    if (tall, wide) == (2, 2):
        means = (means + 2) >> 2
    else:
        means = np.rint(means * np.float32(1 / (tall * wide)))
    return means.astype(np.uint8)


def _covered(old: int, new: int) -> Taps:
    """The old pixels that each new one covers, the outermost of them in part."""
    step = 1 / (new / old)
    begin = np.arange(new) * step
    end = begin + step
    size = np.minimum(step, old - begin)
    first, last = np.ceil(begin), np.minimum(np.floor(end), old - 1)
    first = np.minimum(first, last)
    places = np.floor(begin) + np.arange(int(np.ceil(step)) + 2)[:, None]
    weights = (places >= first) & (places < last)
    weights = weights / size
    before, behind = first - begin, np.minimum(np.minimum(end - last, 1), size)
    weights = np.where((places == first - 1) & (before > 1e-3), before / size, weights)
    weights = np.where((places == last) & (end - last > 1e-3), behind / size, weights)
    return Taps(places.astype(np.intp).clip(0, old - 1), weights.astype(np.float32))


def _from_edges(old: int, new: int) -> tuple[Array, Array, Array, Array]:
    """Neighbours for `resize_from` where pixels are areas and some axis grows."""
    scale = new / old
    step = 1 / scale
    first = np.floor(np.arange(new) * step).astype(np.intp)
    share = (np.arange(1, new + 1) - (first + 1) * scale).astype(np.float32)
    share = np.where(share <= 0, np.float32(0), share - np.floor(share))
    share = np.where(first >= old - 1, np.float32(0), share)
    weights = np.rint(np.stack([1 - share, share]) * np.float32(_ONE)).astype(np.int32)
    return first.clip(0, old - 1), (first + 1).clip(0, old - 1), weights[0], weights[1]

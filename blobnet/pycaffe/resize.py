"""Images in another size, in the numbers of pycaffe's own time. Caffe: resize_image in io.py.

pycaffe leaves resizing to scikit-image and to scipy. What the first of them did then is no longer
what it does by itself: it smooths now before it shrinks. Here is the rule of then, which is

    today's skimage.transform.resize(image, dims, order, mode="constant", anti_aliasing=False)

with one or three channels: new pixel i stands at (i + 0.5) * old / new - 0.5 and is mixed from the
two by two old ones around it, each counting the less the farther it is. Beyond the edge all is 0,
so that in an enlarged image the outermost pixels are mixed with it. Nothing is smoothed: where an
image shrinks, the pixels between are left out. Values are first mapped to 0..1, in the precision of
the image, so "0" is the image's smallest value.

With another number of channels it is scipy.ndimage.zoom(image, scales, order): the centres of the
corners stay where they are, so new pixel i stands at i * (old - 1) / (new - 1). A coordinate that
rounding has put beyond the last pixel gives 0; for some pairs of sizes (8 to 26) that is so with
the whole last row or column, in scipy too.

What is mixed is computed in float64; the result is float32.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from blobnet.errors import explain
from blobnet.extras import import_package
from blobnet.pycaffe.input_errors import InputError
from blobnet.types import Array, IntArray

_BAND = 2**15  # values that are mixed at a time


def resize_image(im: Array, new_dims: Sequence[int] | Array, interp_order: int = 1) -> Array:
    """`im`, (height, width, channels), in the size `new_dims`, (height, width): float32.

    interp_order  1: linear; 0: the nearest pixel. With one or three channels no other is known;
                  else up to 5, for which scipy must be installed.

    Raises ValueError for shapes, sizes and orders that make no sense.
    """
    height, width = _checked_dims(im, new_dims)
    if im.shape[-1] not in (1, 3):
        return _zoomed(im, height, width, interp_order).astype(np.float32)
    least, most = im.min(), im.max()
    if not most > least:  # all the same, or NaN among them: there is nothing to be mapped to 0..1
        return np.full((height, width, im.shape[-1]), least, np.float32)
    rows = _by_pixel_areas(im.shape[0], height, interp_order)
    columns = _by_pixel_areas(im.shape[1], width, interp_order)
    rows, columns, needed = _only_needed(rows, columns, im)
    resized = np.empty((height, width, im.shape[-1]), np.float32)
    for band, mixed in _mixed((needed - least) / (most - least), rows, columns):
        mixed *= most - least
        mixed += least
        resized[band] = mixed
    return resized


@dataclass(frozen=True)
class _Places:
    """For each new pixel along one axis: two old ones, and how much each counts."""

    first: IntArray
    second: IntArray
    first_weight: Array
    second_weight: Array

    def __getitem__(self, part: slice) -> _Places:
        return _Places(
            self.first[part],
            self.second[part],
            self.first_weight[part],
            self.second_weight[part],
        )

    @property
    def is_nearest(self) -> bool:
        """Whether only the first one ever counts."""
        return not self.second_weight.any()


def _checked_dims(im: Array, new_dims: Sequence[int] | Array) -> tuple[int, int]:
    dims = tuple(int(size) for size in new_dims)
    if im.ndim != 3 or 0 in im.shape:
        expected = "(height, width, channels), none of them 0"
        raise InputError(
            explain("this is no image to resize", expected=expected, got=f"shape {im.shape}")
        )
    if len(dims) != 2 or min(dims) < 1:
        expected = "(height, width), both 1 or more"
        raise InputError(explain("no image has this size", expected=expected, got=dims))
    return dims[0], dims[1]


def _by_pixel_areas(old: int, new: int, order: int) -> _Places:
    """scikit-image's places: an image is made of areas, which stretch from edge to edge."""
    if order not in (0, 1):
        raise InputError(
            explain(
                f"resizing of order {order}",
                expected="interp_order 1, linear, or 0, the nearest pixel",
                fix="resize with a library of your own, before it is given to the net",
            )
        )
    return _places((np.arange(new) + 0.5) * (old / new) - 0.5, old, order)


def _places(at: Array, old: int, order: int) -> _Places:
    """The pixels around coordinates; what lies outside of 0..old-1 counts nothing."""
    lower = np.floor(at if order else at + 0.5).astype(np.int64)
    share = at - lower if order else np.zeros(len(at))
    pixels = np.stack([lower, lower + 1])
    weights = np.where((pixels >= 0) & (pixels < old), [1 - share, share], 0.0)
    first, second = pixels.clip(0, old - 1)
    return _Places(first, second, weights[0], weights[1])


def _only_needed(rows: _Places, columns: _Places, im: Array) -> tuple[_Places, _Places, Array]:
    """The same of a smaller image: of one that shrinks most pixels are never looked at."""
    rows, row_numbers = _renumbered(rows, im.shape[0])
    columns, column_numbers = _renumbered(columns, im.shape[1])
    if row_numbers is not None:
        im = im.take(row_numbers, 0)
    if column_numbers is not None:
        im = im.take(column_numbers, 1)
    return rows, columns, im


def _renumbered(places: _Places, old: int) -> tuple[_Places, IntArray | None]:
    """Places among those pixels only that are needed, and which those are; None for all."""
    if 2 * len(places.first) >= old:
        return places, None
    needed, numbers = np.unique(np.stack([places.first, places.second]), return_inverse=True)
    first, second = numbers.reshape(2, -1)
    return _Places(first, second, places.first_weight, places.second_weight), needed


def _mixed(im: Array, rows: _Places, columns: _Places) -> Iterator[tuple[slice, Array]]:
    """The new image, float64, a band of rows after the other, so that memory stays in the cache."""
    width = max(im.shape[1], len(columns.first))
    height = max(1, _BAND // (width * im.shape[2]))
    im = np.ascontiguousarray(im)  # from any other, `take` makes such a copy each time
    for start in range(0, len(rows.first), height):
        band = slice(start, start + height)
        yield band, _mixed_along(1, _mixed_along(0, im, rows[band]), columns)


def _mixed_along(axis: int, im: Array, places: _Places) -> Array:
    shape = [1] * im.ndim
    shape[axis] = -1
    first = im.take(places.first, axis).astype(np.float64, copy=False)
    first *= places.first_weight.reshape(shape)
    if not places.is_nearest:
        second = im.take(places.second, axis).astype(np.float64, copy=False)
        second *= places.second_weight.reshape(shape)
        first += second
    return first


def _zoomed(im: Array, height: int, width: int, order: int) -> Array:
    """scipy.ndimage.zoom, in the type of the image."""
    if order not in (0, 1):
        return _zoomed_by_scipy(im, height, width, order)
    rows = _by_pixel_centres(im.shape[0], height, order)
    columns = _by_pixel_centres(im.shape[1], width, order)
    rows, columns, needed = _only_needed(rows, columns, im)
    zoomed = np.empty((height, width, im.shape[-1]), im.dtype)
    for band, mixed in _mixed(needed, rows, columns):
        if im.dtype.kind in "iu":  # to the nearest, halves away from 0
            mixed += np.copysign(0.5, mixed)
        zoomed[band] = mixed
    return zoomed


def _by_pixel_centres(old: int, new: int, order: int) -> _Places:
    """scipy's places: the outermost pixels stay the outermost."""
    at = np.arange(new) * ((old - 1) / (new - 1) if new > 1 else 0.0)
    places = _places(at, old, order)
    inside = at <= old - 1
    return _Places(
        places.first, places.second, places.first_weight * inside, places.second_weight * inside
    )


def _zoomed_by_scipy(im: Array, height: int, width: int, order: int) -> Array:
    ndimage: Any = import_package("scipy.ndimage", "scipy", f"resizing of order {order}")
    scales = (height / im.shape[0], width / im.shape[1], 1)
    zoomed: Array = ndimage.zoom(im, scales, order=order)
    return zoomed

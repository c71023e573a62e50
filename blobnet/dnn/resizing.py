"""An image brought to the size of a blob: stretched, cut or framed. OpenCV: cv::resize."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from blobnet.dnn.constants import DNN_PMODE_CROP_CENTER, DNN_PMODE_LETTERBOX
from blobnet.dnn.errors import error
from blobnet.errors import explain
from blobnet.limits import enough_memory
from blobnet.ops.images.resize import (
    neighbours,
    part_of,
    resize_interleaved,
)
from blobnet.ops.images.resize_floats import resize_floats
from blobnet.ops.images.resize_to_floats import Resizing, resizing_of
from blobnet.types import Array


class _Cut(NamedTuple):
    """An image in another size, and where in that the blob begins; `factor`: see `_resized`."""

    tall: int
    wide: int
    top: int = 0
    left: int = 0
    factor: float | None = None


def _cut(rows: int, columns: int, height: int, width: int, mode: int) -> _Cut:
    """Stretched to the blob's size, or with its shorter side: then the middle is cut out."""
    if mode != DNN_PMODE_CROP_CENTER:
        return _Cut(height, width)
    factor = float(max(_ratios(rows, columns, height, width)))
    tall, wide = (max(1, int(np.rint(side * factor))) for side in (rows, columns))
    return _Cut(tall, wide, int(0.5 * (tall - height)), int(0.5 * (wide - width)), factor)


def _ratios(rows: int, columns: int, height: int, width: int) -> tuple[Any, Any]:
    return np.float32(width) / np.float32(columns), np.float32(height) / np.float32(rows)


def fitted(image: Array, height: int, width: int, mode: int, border: Sequence[float]) -> Array:
    """A (rows, columns, channels) image as (channels, height, width), in its own number type.

    mode    one of the DNN_PMODE_ constants
    border  of a frame, one number for each channel
    """
    rows, columns, channels = image.shape
    if (rows, columns) == (height, width):
        planes: Array = image.transpose(2, 0, 1)
        return planes
    if mode == DNN_PMODE_LETTERBOX:
        factor = min(_ratios(rows, columns, height, width))
        tall, wide = (int(np.float32(side) * factor) for side in (rows, columns))
        if not tall or not wide:
            got = f"{columns} x {rows} into {width} x {height}"
            raise error(explain("the image is too long for a letterbox", got=got))
        top, left = (height - tall) // 2, (width - wide) // 2
        framed = np.empty((channels, height, width), image.dtype)
        framed[...] = np.array(border)[:, None, None]
        framed[:, top : top + tall, left : left + wide] = _resized(image, tall, wide)
        return framed
    cut = _cut(rows, columns, height, width, mode)
    resized = _resized(image, cut.tall, cut.wide, cut.factor)
    return resized[:, cut.top : cut.top + height, cut.left : cut.left + width]


def resizing(
    image: Array, mode: int, order: Sequence[int], means: Array, factors: Array,
    height: int, width: int,
) -> Resizing | None:  # fmt: skip
    """What `fitted` gives of such an image of bytes, less means, times factors, in one kernel.

    order   the image's channel for each plane

    None for other images, and as long as no compiled kernel serves.
    """
    rows, columns, channels = image.shape
    if image.dtype != np.uint8 or mode == DNN_PMODE_LETTERBOX:
        return None
    cut = _cut(rows, columns, height, width, mode)
    step = None if cut.factor is None else 1 / cut.factor
    across = part_of(neighbours(columns, cut.wide, step), cut.left, width)
    down = part_of(neighbours(rows, cut.tall, step), cut.top, height)
    return resizing_of((rows, columns, channels), across, down, order, means, factors)


def _resized(image: Array, height: int, width: int, factor: float | None = None) -> Array:
    """(channels, height, width); `factor`: new pixels to an old one, where that was stated."""
    with enough_memory("the image cannot be resized", error):
        return _resized_by_kind(image, height, width, factor)


def _resized_by_kind(image: Array, height: int, width: int, factor: float | None) -> Array:
    made: Array
    if image.dtype == np.uint8:
        made = resize_interleaved(image, height, width, None if factor is None else 1 / factor)
    elif image.dtype.kind == "f":
        made = resize_floats(image, height, width, factor)
    elif image.dtype in (np.uint16, np.int16):
        values = resize_floats(image.astype(np.float32), height, width, factor)
        made = np.rint(values).astype(image.dtype)
    else:
        fix = "image.astype(numpy.float32), or numpy.uint8 where values are 0 to 255"
        raise error(explain("an image of this kind is not resized", got=image.dtype, fix=fix))
    planes: Array = made.transpose(2, 0, 1)
    return planes

"""An image brought to the size of a blob: stretched, cut or framed. OpenCV: cv::resize."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.dnn.constants import DNN_PMODE_CROP_CENTER, DNN_PMODE_LETTERBOX
from blobnet.dnn.errors import error
from blobnet.errors import explain
from blobnet.limits import enough_memory
from blobnet.ops.images.resize import resize_interleaved
from blobnet.ops.images.resize_floats import resize_floats
from blobnet.types import Array


def fitted(image: Array, height: int, width: int, mode: int, border: Sequence[float]) -> Array:
    """A (rows, columns, channels) image as (channels, height, width), in its own number type.

    mode    one of the DNN_PMODE_ constants
    border  of a frame, one number for each channel
    """
    rows, columns, channels = image.shape
    if (rows, columns) == (height, width):
        planes: Array = image.transpose(2, 0, 1)
        return planes
    ratios = np.float32(width) / np.float32(columns), np.float32(height) / np.float32(rows)
    if mode == DNN_PMODE_CROP_CENTER:
        factor = float(max(ratios))
        tall, wide = (max(1, int(np.rint(side * factor))) for side in (rows, columns))
        top, left = int(0.5 * (tall - height)), int(0.5 * (wide - width))
        resized = _resized(image, tall, wide, factor)
        return resized[:, top : top + height, left : left + width]
    if mode == DNN_PMODE_LETTERBOX:
        tall, wide = (int(np.float32(side) * min(ratios)) for side in (rows, columns))
        if not tall or not wide:
            got = f"{columns} x {rows} into {width} x {height}"
            raise error(explain("the image is too long for a letterbox", got=got))
        top, left = (height - tall) // 2, (width - wide) // 2
        framed = np.empty((channels, height, width), image.dtype)
        framed[...] = np.array(border)[:, None, None]
        framed[:, top : top + tall, left : left + wide] = _resized(image, tall, wide)
        return framed
    return _resized(image, height, width)


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

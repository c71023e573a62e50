"""Datum, the record of Caffe's databases, and OpenCV's images, as arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from blobnet.errors import DataError, explain
from blobnet.proto import Datum
from blobnet.sources.image import ColorMode, decode_image
from blobnet.types import Array


def datum_to_array(datum: Datum, mode: ColorMode = "stored") -> Array:
    """The values of a record: (channels, height, width), uint8 or float32.

    Bytes win over floats where a record has both; `mode` is about encoded images only. The array
    may be the record's own memory: read it, do not write. Raises DataError where the values are
    not as many as the shape says.
    """
    if datum.encoded:
        return decode_image(datum.data, mode)
    shape = (datum.channels, datum.height, datum.width)
    values = (
        np.frombuffer(datum.data, np.uint8)
        if datum.data
        else np.array(datum.float_data, np.float32)
    )
    if min(shape) < 1 or values.size != shape[0] * shape[1] * shape[2]:
        raise DataError(
            explain(
                "the values do not fit the shape",
                expected=f"channels x height x width = {' x '.join(map(str, shape))} values",
                got=f"{len(datum.data)} bytes and {len(datum.float_data)} floats",
                fix="a compressed image must be marked as `encoded`"
                if datum.data and min(shape) < 1
                else None,
            )
        )
    return values.reshape(shape)


def mat_to_array(mat: ArrayLike) -> Array:
    """The pixels of an image (height, width, channels) or (height, width), channels first."""
    pixels = np.asarray(mat)
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
        raise DataError(
            explain(
                "Image data type must be unsigned byte",
                expected="uint8, (height, width, channels) or (height, width)",
                got=f"{pixels.dtype}, shape {pixels.shape}",
            )
        )
    return np.moveaxis(pixels if pixels.ndim == 3 else pixels[:, :, None], -1, 0)

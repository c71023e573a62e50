"""Pixels to the bytes of an image file, as OpenCV encodes for Caffe: cv::imencode."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.extras import import_extra
from blobnet.types import Array

_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "bmp": ("BMP", {}),
    "jpg": ("JPEG", {"quality": 95}),  # OpenCV's, and colours at half the resolution in both
    "png": ("PNG", {"compress_level": 3}),
    "ppm": ("PPM", {}),
    "tif": ("TIFF", {}),
    "webp": ("WEBP", {"lossless": True}),
}
_SPELLINGS = {
    "dib": "bmp",
    "jpe": "jpg",
    "jpeg": "jpg",
    "pgm": "ppm",
    "pnm": "ppm",
    "tiff": "tif",
}


def check_encoding(name: str) -> None:
    """Whether images can be encoded like that: `png`, `jpg`. Raises DataError."""
    if _SPELLINGS.get(name.lower(), name.lower()) not in _FORMATS:
        raise DataError(
            explain(
                "images cannot be encoded like that",
                expected=", ".join(sorted({*_FORMATS, *_SPELLINGS})),
                got=repr(name[:40]),
            )
        )


def encode_image(pixels: Array, name: str) -> bytes:
    """The file of an image, (channels, height, width) of uint8, of 3 channels (blue first) or 1.

    name  the ending of such files, `png` for example. Raises DataError for one that is not known,
          and where the format cannot take the image.
    """
    check_encoding(name)
    Image = import_extra("PIL.Image", "image", "encoding images")
    kind, settings = _FORMATS[_SPELLINGS.get(name.lower(), name.lower())]
    colors = pixels[0] if len(pixels) == 1 else pixels[::-1].transpose(1, 2, 0)
    file = io.BytesIO()
    try:
        Image.fromarray(np.ascontiguousarray(colors)).save(file, kind, **settings)
    except (OSError, ValueError) as error:
        size = f"{pixels.shape[1]} x {pixels.shape[2]} pixels"
        raise DataError(
            explain(f"an image of {size} cannot be encoded as {kind}", got=error)
        ) from error
    return file.getvalue()

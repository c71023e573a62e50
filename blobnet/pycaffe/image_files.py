"""Image files as pycaffe's scripts want them: red, green, blue, from 0 to 1. Caffe: io.py.

Caffe's layers read images through OpenCV: in `sources/image.py`.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any, BinaryIO

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import AnyPath, read_file, shown, status
from blobnet.pycaffe.input_errors import ImageFileError, MissingImageError
from blobnet.sources.image import opened_image
from blobnet.types import Array

_FORMATS = ("BMP", "GIF", "JPEG", "JPEG2000", "PCX", "PNG", "PPM", "TGA", "TIFF", "WEBP")
_GRAY_WEIGHTS = (0.2125, 0.7154, 0.0721)  # scikit-image's, of red, green, blue


def load_image(filename: AnyPath | BinaryIO, color: bool = True) -> Array:
    """The image in a file, or in an open one: (height, width, 3) in RGB, float32 from 0 to 1.

    color  False: (height, width, 1), the brightness 0.2125 R + 0.7154 G + 0.0721 B

    As scikit-image reads it: alpha is dropped, not blended; 16 bits stay 16 bits; how the picture
    was held (EXIF) is ignored; of several pictures the first is taken. Needs the extra `image`.

    Raises OSError (FileNotFoundError where nothing is there) for what cannot be read, and is no
    image; MissingExtraError without Pillow.
    """
    name, data = _contents(filename)
    try:
        with opened_image(data, _FORMATS) as image:
            pixels = _pixels(image)
            values = _gray(pixels) if not color else _unit_range(pixels)
    except DataError as error:
        raise ImageFileError(f"{name}: {error}") from error
    values = values.astype(np.float32, copy=False)
    if values.ndim == 2:
        return np.tile(values[:, :, None], (1, 1, 3)) if color else values[:, :, None]
    return values


def _contents(filename: AnyPath | BinaryIO) -> tuple[str, bytes]:
    """How to call the file, and what is in it."""
    if not isinstance(filename, (str, os.PathLike)):
        return "image", filename.read()
    name = os.fspath(filename)
    if name.startswith(("http://", "https://")):
        fix = "fetch it first: io.BytesIO(urllib.request.urlopen(url).read()) can be loaded"
        raise ImageFileError(explain(f"{shown(name)}: an address is no file", fix=fix))
    missing = status(filename) is None
    return shown(name), read_file(filename, MissingImageError if missing else ImageFileError)


def _pixels(image: Any) -> Array:
    """(height, width) or (height, width, 3), in the type that the file has."""
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode.startswith("I;16"):
        return _sixteen_bits(image)
    elif image.mode not in ("L", "RGB", "I", "F"):  # a palette, CMYK, YCbCr, alpha in any form
        has_alpha = image.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in image.info
        image = image.convert("RGBA" if has_alpha else "RGB")
    pixels: Array = np.asarray(image)
    if image.format == "PNG" and image.mode == "I":  # how an older Pillow hands out 16 bits
        return pixels.astype(np.uint16)
    return pixels if pixels.ndim == 2 else pixels[:, :, :3]


def _sixteen_bits(image: Any) -> Array:
    order = ">" if image.mode.endswith("B") else "<"
    width, height = image.size
    pixels: Array = np.frombuffer(image.tobytes(), f"{order}u2").reshape(height, width)
    return pixels.astype(np.uint16)


def _gray(pixels: Array) -> Array:
    """The brightness, weighed in float64."""
    if pixels.ndim == 2:
        return _unit_range(pixels)
    red, green, blue = (_unit_range(pixels[:, :, i], np.float64) for i in range(3))
    gray: Array = _GRAY_WEIGHTS[0] * red
    gray += _GRAY_WEIGHTS[1] * green
    gray += _GRAY_WEIGHTS[2] * blue
    return gray


def _unit_range(pixels: Array, dtype: type = np.float32) -> Array:
    """Whole numbers as parts of the largest: computed in float64, given in `dtype`."""
    if pixels.dtype in (np.uint8, np.uint16):
        parts: Array = _parts(pixels.dtype.itemsize).astype(dtype, copy=False)[pixels]
        return parts
    if pixels.dtype.kind in "iu":
        limits = np.iinfo(pixels.dtype)
        return (2.0 * pixels + 1) / (int(limits.max) - int(limits.min))
    if pixels.size and not (pixels.min() >= -1 and pixels.max() <= 1):
        what = "Images of type float must be between -1 and 1."
        raise DataError(explain(what, got=f"{pixels.min()} to {pixels.max()}"))
    return pixels


@cache
def _parts(itemsize: int) -> Array:
    """What the values of unsigned integers are of the largest of them."""
    most = 256**itemsize - 1
    parts: Array = np.arange(most + 1) / most
    return parts

"""Images as nets take them: of files, read as Caffe's data layers read them, and of arrays."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import is_folder, read_file, shown
from blobnet.sources.image import decode_image, gray_of_opencv
from blobnet.types import Array

_SUFFIXES = {".bmp", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"}


def read_image(path: Path, *, gray: bool = False) -> Array:
    """The pixels in a file: (3, height, width), blue, green, red, or (1, height, width); uint8.

    Raises DataError where the file cannot be read and where it is no image, MissingExtraError
    without Pillow.
    """
    data = read_file(path, DataError, setting="the image")
    try:
        return decode_image(data, "gray" if gray else "color")
    except DataError as error:
        raise DataError(f"{shown(path)}: {error}") from error


def channels_first(image: Array, *, gray: bool = False) -> Array:
    """The pixels of an array, as `read_image` has those of a file, of any type of numbers.

    image  (height, width), or (height, width, 3): blue, green, red. From 0 to 255

    Raises DataError where it has another shape.
    """
    pixels = image
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or 0 in pixels.shape:
        raise DataError(
            explain(
                "this array is no image",
                expected="shape (height, width), or (height, width, 3): blue, green, red",
                got=f"shape {image.shape}",
            )
        )
    if gray and pixels.shape[2] == 3:
        pixels = gray_of_opencv(pixels.astype(np.int32))[:, :, None]
    elif not gray:
        pixels = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    return np.moveaxis(pixels, 2, 0)


def find_images(paths: Iterable[Path]) -> list[Path]:
    """The files among the paths and, for a folder, the images in it and below it, by name.

    Raises DataError for a folder without any.
    """
    found: list[Path] = []
    for path in paths:
        if not is_folder(path):
            found.append(path)
            continue
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in _SUFFIXES)
        if not inside:
            raise DataError(
                explain(
                    f"{shown(path)}: there is no image in this folder",
                    expected=f"files that end in {', '.join(sorted(_SUFFIXES))}",
                )
            )
        found += inside
    return found

"""Files of images: found in folders, read as Caffe's data layers read them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from blobnet.errors import DataError, explain
from blobnet.input_files import is_folder, read_file, shown
from blobnet.sources.image import decode_image
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

"""Images of one size from images of any: resized, and their centres cut out. Caffe: tools/extra.

resize_and_crop_images.py knows two ways, OpenCV's and PIL's; both are here without OpenCV.
"""

from __future__ import annotations

import io
import os
import re
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.extras import import_extra
from blobnet.input_files import absolute, naming_file, read_file, shown
from blobnet.serialization.leftovers import hold_new, leftovers, remove
from blobnet.sources.image import decode_image, opened_image, resize_image

_OPENCV_QUALITY = 95  # of JPEGs, where nothing is said
_PIL_QUALITY = 75


class Cropper:
    """Makes an image of a folder one of `side` x `side` pixels in another folder.

    library  "opencv": resized linearly, without smoothing; written in the format of its name.
             "pil": reduced by powers of 2 without smoothing, cut, reduced with smoothing; written
             as JPEG whatever its name, never enlarged

    Raises DataError where both folders are one: the originals would be lost.
    """

    def __init__(self, source: Path, target: Path, side: int, library: str) -> None:
        self._image: Any = import_extra("PIL.Image", "image", "resizing images")
        self._source, self._target = absolute(source, DataError), absolute(target, DataError)
        self._prefixes = {f"{os.fspath(folder).rstrip('/')}/" for folder in (source, self._source)}
        if os.path.realpath(source) == os.path.realpath(target):
            what = f"{shown(target)}: the results would replace the images that they are made of"
            raise DataError(explain(what, fix="write into another folder"))
        self._side = side
        self._encode = self._pil if library == "pil" else self._opencv
        self._tidied: set[Path] = set()
        self._tidying = threading.Lock()

    def make(self, line: str) -> None:
        """The image of a line of the list. Raises DataError where it cannot be made."""
        name = self._name(line)
        path = self._source / name
        data = read_file(path, DataError)
        with naming_file(path):
            encoded = self._encode(data, name)
        self._write(self._target / name, encoded)

    def _name(self, line: str) -> str:
        """The path below the folders: the first word, which may begin with the source's own."""
        word = line.split()[0]
        for prefix in self._prefixes:
            word = word.removeprefix(prefix)
        parts = Path(word).parts
        if Path(word).is_absolute() or ".." in parts or not parts:
            what = f"{shown(word)}: leads out of the folder of the images"
            raise DataError(explain(what, expected=f"a path below {shown(self._source)}"))
        return word

    def _opencv(self, data: bytes, name: str) -> bytes:
        image = decode_image(data, "color")
        side, (height, width) = self._side, image.shape[1:]
        tall = height > width
        new_height = side * height // width if tall else side
        new_width = side if tall else side * width // height
        top, left = (new_height - side) // 2, (new_width - side) // 2
        resized = resize_image(image, new_height, new_width)
        cropped = resized[::-1, top : top + side, left : left + side].transpose(1, 2, 0)
        made = self._image.fromarray(np.ascontiguousarray(cropped))
        return self._encoded(made, Path(name).suffix, _OPENCV_QUALITY)

    def _pil(self, data: bytes, name: str) -> bytes:
        side, resampling = self._side, self._image.Resampling
        with opened_image(data) as image:
            factor = 1
            while image.width // factor > 2 * side and image.height * 2 // factor > 2 * side:
                factor *= 2
            if factor > 1:
                small = (max(1, image.width // factor), max(1, image.height // factor))
                image.thumbnail(small, resampling.NEAREST, reducing_gap=1.0)
            cropped = image.crop(_square(image.width, image.height, side))
            if cropped.mode not in ("L", "RGB"):
                cropped = cropped.convert("RGB")
            cropped.thumbnail((side, side), resampling.LANCZOS, reducing_gap=None)
        return self._encoded(cropped, ".jpg", _PIL_QUALITY)

    def _encoded(self, image: Any, suffix: str, quality: int) -> bytes:
        form = self._image.registered_extensions().get(suffix.lower())
        file = io.BytesIO()
        try:
            image.save(file, format=form or suffix, quality=quality)
        except (KeyError, ValueError, OSError) as error:
            expected = ".jpg, .png or another ending that Pillow writes"
            what = f"no image can be written as '{suffix}'"
            raise DataError(explain(what, expected=expected, got=error)) from error
        return file.getvalue()

    def _write(self, path: Path, data: bytes) -> None:
        """Under a temporary name first: nobody finds half of it."""
        try:
            self._prepare(path.parent)
            temporary, hold = hold_new(lambda unique: path.with_name(f".{path.name}.{unique}.tmp"))
            try:
                temporary.write_bytes(data)
                if os.name == "nt":  # what is open there cannot be renamed
                    hold.release()
                os.replace(temporary, path)
            finally:
                hold.release()
                with suppress(OSError):
                    temporary.unlink()
        except OSError as error:
            what = f"{shown(path)}: cannot be written"
            raise DataError(explain(what, got=error.strerror or error)) from error

    def _prepare(self, folder: Path) -> None:
        """Make the folder; once, remove what killed runs have left there."""
        with self._tidying:
            if folder in self._tidied:
                return
            folder.mkdir(parents=True, exist_ok=True)
            for leftover in leftovers(folder, re.compile(".*")):
                remove(leftover)
            self._tidied.add(folder)


def _square(width: int, height: int, side: int) -> tuple[int, int, int, int]:
    """The part in the middle that is cut out: left, top, right, bottom."""
    by_width, by_height = width / side, height / side
    if by_height > by_width:
        reach = side * by_width / 2
        return 0, int(height // 2 - reach), width, int(height // 2 + reach)
    reach = side * by_height / 2
    return int(width // 2 - reach), 0, int(width // 2 + reach), height

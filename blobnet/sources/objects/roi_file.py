"""The lists of D-X-Y/caffe-faster-rcnn: images and their objects, or films and what moves in them.

    # 0                        the number of the image
    000005.jpg                 its path, without spaces
    1                          how many objects follow
    9 165 264 253 372 0        class, x1, y1, x2, y2, whether it is difficult

    # a/film                   the folder of a film
    2 375 500                  how many frames follow, their height and width
    000000.JPEG                a frame
    1                          how many objects follow
    3 9 165 264 253 372        which of the film it is, class, x1, y1, x2, y2

Words may stand on any lines.  Caffe: DataPrepare and VidPrepare of its frcnn_utils.hpp.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from blobnet.input_files import shown
from blobnet.sources.objects.object_file import ListReader, ObjectFile
from blobnet.sources.window_file import read_window_text
from blobnet.types import Array

_OBJECT = 6
"""Numbers that an object has in both."""


def read_roi_file(path: Path) -> ObjectFile:
    """Images; their size is not stated, (0, 0). Raises DataError where the file is not as above."""
    return _RoiReader(shown(path), read_window_text(path)).read()


def read_film_file(path: Path) -> tuple[ObjectFile, list[int]]:
    """Frames, and how many each film has. Raises DataError where the file is not as above."""
    reader = _FilmReader(shown(path), read_window_text(path))
    return reader.read(), reader.frames


class _RoiReader(ListReader):
    form = "objects of 6 numbers: class, x1, y1, x2, y2, difficult"

    def read_image(self, found: ObjectFile) -> None:
        self._values(1, "the number of the image")
        found.paths.append(self._word("the path of the image"))
        found.sizes.append((0, 0))
        rows = self._rows(_OBJECT, "objects")
        self._check_classes(rows)
        self._check_corners(rows[:, 1:5])
        found.objects.append(rows[:, [0, 0, 5, 1, 2, 3, 4]] * _NOT_IGNORED)
        found.regions.append(np.zeros((0, 4), np.int64))

    def _check_corners(self, boxes: Array) -> None:
        if len(boxes) and (boxes[:, 2:] < boxes[:, :2]).any():
            wrong = int((boxes[:, 2:] < boxes[:, :2]).any(axis=1).argmax())
            self._at -= _OBJECT * (len(boxes) - wrong)
            self._refuse("a box with x1 <= x2 and y1 <= y2")


class _FilmReader(ListReader):
    form = "objects of 6 numbers: which of the film it is, class, x1, y1, x2, y2"

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name, text)
        self.frames: list[int] = []

    def read_image(self, found: ObjectFile) -> None:
        folder = self._word("the folder of the film")
        count, height, width = self._values(3, "frames, height and width").tolist()
        if not 0 < count <= len(self._words) - self._at:
            self._at -= 3
            self._refuse("as many frames as follow, 1 or more")
        self.frames.append(count)
        for _ in range(count):
            found.paths.append(f"{folder}/{self._word('the name of the frame')}")
            found.sizes.append((height, width))
            rows = self._rows(_OBJECT, "objects")
            self._check_classes(rows, column=1)
            found.objects.append(rows[:, [1, 0, 0, 2, 3, 4, 5]] * _NEITHER)
            found.regions.append(np.zeros((0, 4), np.int64))


_NOT_IGNORED = np.array([1, 0, 1, 1, 1, 1, 1])
_NEITHER = np.array([1, 0, 0, 1, 1, 1, 1])
"""Factors on class, ignored, difficult, x1, y1, x2, y2: what the lists do not say is 0."""

"""The window files of MS-CNN and Cascade R-CNN: images, their objects, and what is to be ignored.

    # 0                       the number of the image
    VOC2007/000005.jpg        its path, without spaces
    3 375 500                 channels, height and width of the image
    1                         how many objects follow
    9 0 165 264 253 372       class, whether it is to be ignored, x1, y1, x2, y2
    1                         how many regions of no interest follow
    0 0 40 60                 x1, y1, x2, y2

Cascade R-CNN has one number more before x1: whether the object is difficult. Words may stand on any
lines.  Caffe: image_gt_data_layer.cpp of MS-CNN, detection_data_layer.cpp of Cascade R-CNN.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from re import finditer
from typing import NoReturn

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.sources.window_file import read_window_text
from blobnet.types import Array

OF_MSCNN, OF_CASCADE = 6, 7
"""Numbers that an object has."""
_INT32 = np.iinfo(np.int32)


@dataclass(frozen=True)
class ObjectFile:
    """What such a file says of each image.

    objects  (k, 7) rows of class, ignored, difficult, x1, y1, x2, y2
    regions  (m, 4) rows of x1, y1, x2, y2
    size     (height, width) as stated
    """

    name: str
    paths: list[str]
    sizes: list[tuple[int, int]]
    objects: list[Array]
    regions: list[Array]


def read_object_file(path: Path, numbers: int) -> ObjectFile:
    """Objects of so many numbers. Raises DataError where the file is not as above."""
    return _Reader(shown(path), read_window_text(path), numbers).read()


class ListReader:
    """Reads images, each behind a "#", word by word; a subclass says what stands there."""

    form = ""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text
        self._words = text.split()
        self._at = 0

    def read(self) -> ObjectFile:
        found = ObjectFile(self._name, [], [], [], [])
        if not self._words:
            raise DataError(explain(f"{self._name}: Window file is empty"))
        while self._at < len(self._words):
            self._read_image(found)
        return found

    def _read_image(self, found: ObjectFile) -> None:
        if self._words[self._at] != "#":
            self._refuse('"#" and the number of the next image')
        self._at += 1
        self.read_image(found)

    def read_image(self, found: ObjectFile) -> None:
        """What stands behind a "#"."""
        raise NotImplementedError

    def _word(self, what: str) -> str:
        if self._at == len(self._words):
            self._refuse(what)
        self._at += 1
        return self._words[self._at - 1]

    def _check_classes(self, rows: Array, column: int = 0) -> None:
        """Refuse the rows just read where a class is below 1."""
        if len(rows) and rows[:, column].min() < 1:
            self._at -= rows.size - rows.shape[1] * int(rows[:, column].argmin()) - column
            self._refuse("a class above 0")

    def _rows(self, numbers: int, what: str) -> Array:
        (count,) = self._values(1, f"the number of {what}").tolist()
        if not 0 <= count * numbers <= len(self._words) - self._at:
            self._at -= 1
            self._refuse(f"as many {what} as follow, of {numbers} numbers each")
        return self._values(count * numbers, what).reshape(count, numbers)

    def _values(self, count: int, what: str) -> Array:
        words = self._words[self._at : self._at + count]
        try:
            if len(words) < count or not all(map(str.isascii, words)):
                raise ValueError
            values = np.array(list(map(int, words)), np.int64)
            if values.size and not (abs(values) <= _INT32.max).all():
                raise ValueError
        except (ValueError, OverflowError):
            self._at += next((i for i, word in enumerate(words) if not _is_whole(word)), len(words))
            self._refuse(f"{what}: {count} whole numbers" if count != 1 else what)
        self._at += count
        return values

    def _refuse(self, expected: str) -> NoReturn:
        words = finditer(r"\S+", self._text)
        word = next(islice(words, self._at, None), None)
        end = word.start() if word else len(self._text)
        raise DataError(
            explain(
                f"{self._name}, line {self._text.count(chr(10), 0, end) + 1}: not a window file",
                expected=expected,
                got=shown(word[0]) if word else "the end of the file",
                fix=self.form,
            )
        )


class _Reader(ListReader):
    def __init__(self, name: str, text: str, numbers: int) -> None:
        super().__init__(name, text)
        self._numbers = numbers
        difficult = "difficult, " if numbers == OF_CASCADE else ""
        self.form = f"objects of {numbers} numbers: class, ignored, {difficult}x1, y1, x2, y2"

    def read_image(self, found: ObjectFile) -> None:
        self._values(1, "the number of the image")
        found.paths.append(self._word("the path of the image"))
        _, height, width = self._values(3, "channels, height and width").tolist()
        found.sizes.append((height, width))
        rows = self._rows(self._numbers, "objects")
        self._check_classes(rows)
        if self._numbers == OF_MSCNN:
            rows = np.insert(rows, 2, 0, axis=1)
        found.objects.append(rows)
        found.regions.append(self._rows(4, "regions of no interest"))


def _is_whole(word: str) -> bool:
    try:
        return word.isascii() and abs(int(word)) <= _INT32.max
    except ValueError:
        return False

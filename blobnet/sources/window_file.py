"""The window file of R-CNN: images, and windows of each with a class and an overlap.

    # 0                       the number of the image, from 0 on
    VOC2007/000005.jpg        its path
    3                         channels,
    375                       height
    500                       and width of the image
    2                         how many windows follow
    9 0.71 165 264 253 372    class, overlap with an object of that class, x1, y1, x2, y2
    0 0 1 1 40 60

Caffe: window_data_layer.cpp.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar, NamedTuple, NoReturn

import numpy as np

from blobnet.characters import foreign
from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.serialization.kinds import kind_besides_text
from blobnet.text_files import read_text_file
from blobnet.types import Array

_COUNT = re.compile(r"[0-9]{1,18}")
_INT32 = np.iinfo(np.int32)
_WINDOW = "class overlap x1 y1 x2 y2, all but the overlap whole numbers"


class WindowRow(NamedTuple):
    """A row of `WindowFile.foreground` or `background`; `line` is where the file states it."""

    image: int
    line: int
    label: int
    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True)
class WindowFile:
    """What a window file says. The windows are rows of whole numbers, as in `WindowRow`."""

    name: str
    paths: list[str]
    foreground: Array
    background: Array


def read_window_text(path: Path) -> str:
    """The text of a window file of any kind. Raises DataError where it is another file."""
    text = read_text_file(path, DataError, setting="Failed to open window file")
    if other := kind_besides_text(path, text):
        raise DataError(
            explain(
                f"{shown(path)}: no window file",
                expected="a text file",
                got=other.what,
                fix=other.fix,
            )
        )
    return text


def read_window_file(path: Path, fg_threshold: float, bg_threshold: float) -> WindowFile:
    """Windows by their overlap: from `fg_threshold` on foreground, below `bg_threshold` background.

    What lies in between is left out; background has label 0. Channels, height and width are not
    needed. Raises DataError where the file cannot be read or is not as above.
    """
    return WindowParser(path, fg_threshold, bg_threshold).parse()


class WindowParser:
    """Reads lines as a whole or word by word, and knows the number of the line.

    A subclass may have more numbers behind an image's path, and takes what is behind the first six
    words of a window's line.
    """

    header: ClassVar[tuple[str, ...]] = ("channels", "height", "width")
    window: ClassVar[str] = _WINDOW

    def __init__(self, path: Path, fg_threshold: float, bg_threshold: float) -> None:
        text = read_window_text(path)
        self.name, self._lines = shown(path), iter(text.removesuffix("\n").split("\n"))
        self._thresholds = np.float32(fg_threshold), np.float32(bg_threshold)
        self._number, self._rest = 0, ""
        self._paths: list[str] = []
        none = np.empty((0, len(WindowRow._fields)), np.int32)
        self._foreground, self._background = [none], [none]

    def parse(self) -> WindowFile:
        while hashtag := self._word():
            if hashtag != "#":
                self.refuse('a line "# " and the number of the image', hashtag)
            self._read_image()
        if not self._paths:
            raise DataError(explain(f"{self.name}: Window file is empty"))
        return WindowFile(
            self.name,
            self._paths,
            np.concatenate(self._foreground),
            np.concatenate(self._background),
        )

    def _read_image(self) -> None:
        if self._whole_number("the number of the image") != len(self._paths):
            self.refuse(f"# {len(self._paths)}: images are numbered 0, 1, 2...", "another number")
        self._paths.append(self._rest_of_line())
        self.begin_image([self._whole_number(what) for what in self.header])
        count = self._whole_number("the number of windows")
        if self._rest:
            self.refuse("windows on lines of their own", self._rest)
        lines = list(islice(self._lines, count))
        self._add_windows(self.take_ends(lines, self._number + 1), count)

    def begin_image(self, header: list[int]) -> None:
        """Look at the numbers behind an image's path."""

    def take_ends(self, lines: list[str], first: int) -> list[str]:
        """The lines without what is the subclass's; the first of them has that number."""
        return lines

    def _add_windows(self, lines: list[str], count: int) -> None:
        values = _parse_windows(lines)
        if values is None:
            number, wrong = next((i, line) for i, line in enumerate(lines, 1) if _wrong(line))
            self._number += number
            self.refuse(self.window, wrong.strip() or "an empty line")
        first = self._number + 1
        self._number += len(lines)
        if len(lines) < count:
            self.refuse(f"{count} windows for this image", f"the end after {len(lines)}")
        windows = np.empty((count, len(WindowRow._fields)), np.int32)
        windows[:, 0] = len(self._paths) - 1
        windows[:, 1] = np.arange(first, first + count)
        windows[:, 2] = values[:, 0]
        windows[:, 3:] = values[:, 2:]
        self._sort(windows, values[:, 1].astype(np.float32))

    def _sort(self, windows: Array, overlap: Array) -> None:
        fg_threshold, bg_threshold = self._thresholds
        is_foreground = overlap >= fg_threshold
        foreground = windows[is_foreground]
        background = windows[~is_foreground & (overlap < bg_threshold)]
        if foreground.size and foreground[:, 2].min() < 1:
            wrong = WindowRow(*foreground[foreground[:, 2].argmin()].tolist())
            self._number = wrong.line
            self.refuse(
                f"a class above 0, as the overlap is at least {fg_threshold}",
                f"class {wrong.label}",
            )
        background[:, 2] = 0
        self._foreground.append(foreground)
        self._background.append(background)

    # --- words --------------------------------------------------------------------------------

    def _rest_of_line(self) -> str:
        """What is left of the line, or the next line that is not empty; nothing at the end."""
        while not self._rest:
            line = next(self._lines, None)
            if line is None:
                return ""
            self._number += 1
            self._rest = line.strip()
        rest, self._rest = self._rest, ""
        return rest

    def _word(self) -> str:
        word, _, rest = self._rest_of_line().replace("\t", " ").partition(" ")
        self._rest = rest.strip()
        return word

    def _whole_number(self, what: str) -> int:
        word = self._word()
        if not _COUNT.fullmatch(word):
            self.refuse(what, word)
        return int(word)

    def refuse_line(self, number: int, line: str) -> NoReturn:
        """Say that the line of that number is no window."""
        self._number = number
        self.refuse(self.window, line.strip() or "an empty line")

    def refuse(self, expected: str, got: str) -> NoReturn:
        words = foreign(got)
        raise DataError(
            explain(
                f"{self.name}, line {self._number}: not a window file",
                expected=expected,
                got=(shown(got) or "the end of the file")
                + (f", which holds {words}" if words else ""),
            )
        )


def _parse_windows(lines: list[str]) -> Array | None:
    """(lines, 6) numbers; None where one of the lines is no window."""
    words = " ".join(lines).split()
    if not all(map(str.isascii, words)):  # float takes the digits of any script
        return None
    try:
        values = np.fromiter(map(float, words), np.float64, len(words)).reshape(len(lines), 6)
    except ValueError:
        return None
    whole = np.delete(values, 1, axis=1)
    fits = np.isfinite(values).all() and (abs(whole) <= _INT32.max).all()
    return values if fits and (whole == np.rint(whole)).all() else None


def _wrong(line: str) -> bool:
    return _parse_windows([line]) is None

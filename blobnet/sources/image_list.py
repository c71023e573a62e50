"""Image files from a text file that lists them, a line for each: its path and its labels.

Caffe: image_data_layer.cpp.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blobnet.characters import foreign, unseen
from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown, status
from blobnet.loggers import named_logger
from blobnet.proto import Datum
from blobnet.serialization.kinds import Kind, kind_besides_text
from blobnet.sources.source import Record, RecordSource, State, restore_rng
from blobnet.text_files import read_text_file
from blobnet.types import Array

_log = named_logger(__name__)

_WHOLE_NUMBER = re.compile(r"\s*[+-]?[0-9]+\s*")
_LARGEST = 3.4028234e38  # what float32 holds; NaN is not within either
_LONGEST_LINE = 2**20  # no path is nearly as long, nor are a thousand labels
_INT32 = range(-(2**31), 2**31)


@dataclass(frozen=True)
class ImageList:
    """What a list says; the image of line i + 1 is at index i.

    labels  (images,) whole numbers, or (images, n) where every line ends with n labels
    """

    name: str
    paths: list[str]
    labels: Array


def read_image_list(
    path: Path, label_count: int = 0, *, missing_label: int | None = None
) -> ImageList:
    """Lines "path label"; what follows the last blank is the label, so paths may have spaces.

    label_count    that many numbers end each line, and they may have fractions
    missing_label  that of lines without any blank, which are told in the log; None: an error

    Raises DataError where the list cannot be read or is empty, and for a line that is not like
    that.
    """
    text = read_text_file(path, DataError, setting="the list of images")
    if not text.strip():
        raise DataError(explain(f"{shown(path)}: File is empty", expected='lines "path label"'))
    paths, labels = [], []
    without = 0
    for number, line in enumerate(text.rstrip().split("\n"), 1):
        if missing_label is not None and line and not set(line) & {" ", "\t"}:
            without += 1
            line = f"{line} {missing_label}"
        try:
            image, label = _split(line, label_count)
        except ValueError as error:
            other = kind_besides_text(path, text)
            may_have_more = label_count == 0 and missing_label is None
            raise _refuse_line(path, number, line, label_count, other, may_have_more) from error
        paths.append(image)
        labels.append(label)
    if without:
        _log.warning("%s: %d lines have no label; it is %s there", path, without, missing_label)
    return ImageList(str(path), paths, np.array(labels))


def read_names(path: Path, what: str = "images") -> ImageList:
    """Files without labels, a word for each; the labels are 0.

    Raises DataError where the list cannot be read or is empty.
    """
    names = read_text_file(path, DataError, setting=f"the list of {what}").split()
    if not names:
        raise DataError(explain(f"{shown(path)}: File is empty", expected=f"names of {what}"))
    return ImageList(str(path), names, np.zeros(len(names), np.int64))


def _split(line: str, label_count: int) -> tuple[str, int | list[float]]:
    """The path and the labels of a line. Raises ValueError."""
    if len(line) > _LONGEST_LINE:
        raise ValueError
    if label_count:
        image, *words = line.rsplit(None, label_count)
        labels = [float(word) for word in words]
        if len(labels) < label_count or not all(abs(label) <= _LARGEST for label in labels):
            raise ValueError
        return image, labels
    line = line.rstrip()
    divider = max(line.rfind(" "), line.rfind("\t"))
    image, word = line[:divider], line[divider + 1 :]
    if divider < 1 or not _WHOLE_NUMBER.fullmatch(word) or int(word) not in _INT32:
        raise ValueError
    return image, int(word)


def _refuse_line(
    path: Path, number: int, line: str, label_count: int, other: Kind | None, may_have_more: bool
) -> DataError:
    got = f'"{shown(line.strip())}"' if line.strip() else "an empty line"
    if len(line) > _LONGEST_LINE:
        got = f"{len(line)} characters in one line"
    elif words := unseen(line.strip()) or foreign((line.split() or [""])[-1]):
        got += f", which holds {words}"
    fix = "take it out" if not line.strip() else "write 0 where there is no label"
    if may_have_more and line.strip():
        fix += (
            "; for labels with fractions, or several of them, set `label_count` in image_data_param"
        )
    return DataError(
        explain(
            f"{shown(path)}, line {number}: not an image with its label",
            expected=f"a path, and {label_count} numbers after it"
            if label_count
            else "a path, a space, and a whole number",
            got=other.what if other else got,
            fix=other.fix if other else None if label_count else fix,
        )
    )


class ImageListSource(RecordSource):
    """The images of a list as encoded records, in the list's order or shuffled.

    folder  where relative paths begin
    root    put in front of every path of the list as it stands
    rng     where the shuffling begins, a new order for every round; it is copied, not drawn
            from. None: the list's order
    together  so many images in a row stay so when they are shuffled; those left over are not read
    """

    same_shape_hint = "set new_height and new_width"

    def __init__(
        self,
        images: ImageList,
        folder: Path,
        root: str = "",
        rng: np.random.Generator | None = None,
        together: int = 1,
    ) -> None:
        self.name = images.name
        self._together = together
        self._images, self._folder, self._root = images, folder, root
        self._rng = copy.deepcopy(rng)
        self._begin_round()

    def read(self) -> Record:
        index = self._index()
        key = f"line {index + 1}: {self._images.paths[index]}"
        datum = Datum(encoded=True, data=self._bytes(index))
        labels = self._images.labels[index]
        self._advance()
        return Record(key, datum, labels)

    def skip(self, count: int) -> None:
        for _ in range(count):
            self._advance()

    def get_state(self) -> State:
        return {
            "rng": self._rng_state,
            "at": self._at,
            "image": self._images.paths[self._index()],
        }

    def set_state(self, state: State) -> None:
        self._restore(state["rng"])
        self._begin_round()
        self._at, image = state["at"], state["image"]
        count = self._length()
        known = type(self._at) is int and self._at in range(count)
        if not known or self._images.paths[self._index()] != image:
            raise DataError(
                explain(
                    f"{self.name}: reading cannot go on where it was: the list has changed",
                    expected=f'"{image}" as image {self._at} of the round',
                    got=f"{count} images, and another one there",
                    fix="resume with the list of that training; to go on with another one, start "
                    "from the weights",
                )
            )

    def close(self) -> None:
        """Nothing: no file stays open."""

    # --- the order ----------------------------------------------------------------------------

    def _begin_round(self) -> None:
        self._at = 0
        self._order: Array | None = None
        self._rng_state = None
        if self._rng is not None:
            self._rng_state = self._rng.bit_generator.state
            groups = self._rng.permutation(len(self._images.paths) // self._together)
            rows = groups[:, None] * self._together + np.arange(self._together)
            self._order = rows.reshape(-1)

    def _restore(self, rng_state: State | None) -> None:
        if (rng_state is None) != (self._rng is None):
            raise ValueError("the list is shuffled in one of the two trainings only")
        if self._rng is not None and rng_state is not None:
            restore_rng(self._rng, {"rng": rng_state})

    def _index(self) -> int:
        return self._at if self._order is None else int(self._order[self._at])

    def _advance(self) -> None:
        self._at += 1
        if self._at == self._length():
            self._begin_round()

    def _length(self) -> int:
        """How many images a round has."""
        return len(self._images.paths) if self._order is None else len(self._order)

    # --- the files ----------------------------------------------------------------------------

    def _bytes(self, index: int) -> bytes:
        path = self._folder / (self._root + self._images.paths[index])
        if status(path) is None:  # of several blanks around it some are left
            path = self._folder / (self._root + self._images.paths[index].strip())
        try:
            return read_file(
                path,
                DataError,
                fix="the path is root_folder and the path in the list, put together as they "
                "stand; relative ones are taken from the folder where the net was made",
            )
        except DataError as error:
            raise DataError(f"{self.name}, line {index + 1}: Could not load {error}") from error

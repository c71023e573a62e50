"""What the data layers of FCN have in common: one image at a time, with its labels.

Long et al., CVPR 2015.  shelhamer/fcn.berkeleyvision.org.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.input_files import is_folder, read_file, shown
from blobnet.layers.utility.python import PythonLayer
from blobnet.ops.rounding import whole_numbers
from blobnet.python_layers._checks import check_count, naming, who, wrong
from blobnet.python_layers._param_str import settings_of, text, unfit
from blobnet.serialization.mat_file import read_mat
from blobnet.sources.image import decode_image, opened_image
from blobnet.sources.source import whole_number
from blobnet.text_files import read_text_file
from blobnet.types import Array

VOID = 255
"""The label of pixels that do not count."""


class SegmentationData(PythonLayer):
    """One image and its labels at a time, of the sizes that they have; the net follows.

    A subclass says which folders and lists there are (`prepare`), how many tops (`tops`), and reads
    an image (`load`).

    split      which list; images of one with "train" in its name come in random order
    randomize  False: in the order of the list
    seed       of that order, which is then that of Python's `random`; without it the net's

    The place in the order is part of snapshots.
    """

    settings_known: tuple[str, ...] = ()
    tops: int = 2
    has_split: bool = True
    """Whether a list belongs to a split; else images come in random order unless it says not."""

    def prepare(self, settings: Mapping[str, Any]) -> Path:
        """Take the subclass's settings; return the file that lists the images of the split."""
        raise NotImplementedError

    def load(self, name: str) -> Sequence[Array]:
        """What the tops are to hold, without their first axis. Raises DataError."""
        raise NotImplementedError

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        settings = settings_of(self.param_str, who(self))
        split = ("split",) if self.has_split else ()
        known = (*split, "randomize", "seed", *self.settings_known)
        for name in settings:
            if name not in known:
                expected = f"one of {', '.join(known)}"
                raise wrong(self, "an unknown setting in param_str", expected=expected, got=name)
        self.split = text(settings, "split", who(self)) if self.has_split else "train"
        with naming(self):
            listed = self.prepare(settings)
            self.names = _names_in(listed)
        check_count(self, bottom, 0, top, self.tops)
        self.is_random = bool(settings.get("randomize", True)) and "train" in self.split
        self._begin(settings.get("seed"))
        self._loaded: tuple[int, Sequence[Array]] | None = None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        for blob, values in zip(top, self._values(), strict=True):
            blob.reshape(1, *values.shape)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        for blob, values in zip(top, self._values(), strict=True):
            blob.data[0] = values
        self._next()

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""

    def get_state(self) -> dict[str, Any]:
        version, numbers, gauss = self._random.getstate()
        return {"place": self._place, "random": [version, list(numbers), gauss]}

    def set_state(self, state: dict[str, Any]) -> None:
        try:
            place = whole_number(state, "place")
            if place >= len(self.names):
                raise ValueError(f"image {place} of {len(self.names)}")
            version, numbers, gauss = state["random"]
            self._random.setstate((version, tuple(numbers), gauss))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            expected = f"a place among {len(self.names)} images"
            raise wrong(self, "a state of another layer", expected=expected, got=error) from error
        self._place = place

    def folder(self, settings: Mapping[str, Any], name: str) -> Path:
        """The folder that a setting names. Raises DataError where it is none."""
        path = Path(text(settings, name, who(self)))
        if not is_folder(path):
            raise DataError(
                explain(
                    f'there is no folder {shown(path)}, which "{name}" in param_str names',
                    expected="the data of FCN's repository, where its README says they come from",
                    fix=f'write the folder into "{name}"; paths begin in the current folder',
                )
            )
        return path

    def _begin(self, seed: object) -> None:
        if seed is not None and (type(seed) not in (int, float, str) or len(str(seed)) > 100):
            raise unfit("seed", seed, "a number", who(self))
        own = int(self.rng.integers(2**63)) if seed is None else seed
        self._random = random.Random(own)  # type: ignore[arg-type]
        self._place = 0
        if self.is_random:
            self._next()

    def _next(self) -> None:
        count = len(self.names)
        self._place = self._random.randint(0, count - 1) if self.is_random else self._place + 1
        self._place %= count

    def _values(self) -> Sequence[Array]:
        if self._loaded is None or self._loaded[0] != self._place:
            with naming(self):
                self._loaded = self._place, self.load(self.names[self._place])
        return self._loaded[1]


def bgr(path: Path, mean: Sequence[float] | Array) -> Array:
    """(3, height, width) of an image file, less the mean of each colour, blue first."""
    return _less(decode_image(read_file(path, DataError), "color"), mean)


def rgb(path: Path, mean: Sequence[float] | Array) -> Array:
    """The same, red first."""
    return _less(decode_image(read_file(path, DataError), "color")[::-1], mean)


def stored(path: Path) -> Array:
    """(height, width) of an image file as it is stored: the numbers of a palette, or 16 bits."""
    with opened_image(read_file(path, DataError)) as image:
        values = np.array(image)
    if values.ndim != 2:
        expected = "one number for each pixel, such as the number of a colour in a palette"
        got = f"shape {values.shape}"
        raise DataError(explain(f"{shown(path)}: no labels", expected=expected, got=got))
    return values


def matrix(path: Path, name: str) -> Array:
    """(rows, columns) of an array in a file of MATLAB."""
    found: Array = read_mat(path, name).T
    if found.ndim != 2:
        got = f"shape {found.shape}"
        raise DataError(explain(f"{shown(path)}: {name} is no map of labels", got=got))
    return found


def from_one(labels: Array) -> Array:
    """(1, rows, columns) of labels that begin with 1: from 0 on, and VOID for 0."""
    counted: Array = whole_numbers(labels).astype(np.uint8) - np.uint8(1)
    return counted[None]


def mean_of(settings: Mapping[str, Any], layer: PythonLayer) -> tuple[float, float, float]:
    """The setting `mean`: three numbers. Raises LayerError for anything else."""
    value = settings.get("mean")
    try:
        blue, green, red = (float(number) for number in value or ())
    except (TypeError, ValueError) as error:
        raise unfit("mean", value, "three numbers, of blue first", who(layer)) from error
    return blue, green, red


def _less(image: Array, mean: Sequence[float] | Array) -> Array:
    values: Array = image.astype(np.float32)
    values -= np.array(mean).reshape(-1, 1, 1)
    return values


def _names_in(path: Path) -> list[str]:
    """The lines of a list of images."""
    names = [line.strip() for line in read_text_file(path, DataError).splitlines() if line.strip()]
    if not names:
        raise DataError(explain(f"{shown(path)}: the list is empty", expected="a name a line"))
    return names

"""Lists of images with numbers, in a drawn order, for data layers that take them from Python."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file
from blobnet.ops.images.resize import resize_linear
from blobnet.sources.image import decode_image
from blobnet.sources.source import whole_number
from blobnet.types import Array


class Sample(NamedTuple):
    """An image, a path or (height, width, 3) bytes, blue first, and its numbers."""

    image: Any
    values: Array

    def pixels(self, side: int) -> Array:
        """(side, side, 3) bytes. Raises DataError where the file is no image."""
        image = self.image
        if isinstance(image, str | PathLike):
            image = decode_image(read_file(image, DataError), "color").transpose(1, 2, 0)
        if image.shape[:2] != (side, side):
            planes = np.ascontiguousarray(image.transpose(2, 0, 1), np.uint8)
            image = resize_linear(planes, side, side).transpose(1, 2, 0)
        found: Array = image
        return found


class Samples:
    """A list that comes in a drawn order, then in another."""

    def __init__(self, samples: Sequence[Sample], rng: np.random.Generator) -> None:
        self._samples, self._rng = samples, rng
        self._order, self._at = self._drawn(), 0

    def next(self) -> Sample:
        """The next one."""
        if self._at == len(self._samples):
            self._order, self._at = self._drawn(), 0
        self._at += 1
        return self._samples[self._order[self._at - 1]]

    def get_state(self) -> dict[str, Any]:
        return {"order": list(self._order), "at": self._at}

    def set_state(self, state: dict[str, Any]) -> None:
        """Raises ValueError, KeyError or TypeError for what is no such state."""
        order, at = state["order"], whole_number(state, "at")
        if sorted(order) != list(range(len(self._samples))) or at > len(order):
            raise ValueError(f"the order of {len(order)} images, not {len(self._samples)}")
        self._order, self._at = [int(index) for index in order], at

    def _drawn(self) -> list[int]:
        return [int(index) for index in self._rng.permutation(len(self._samples))]


def samples_of(pairs: Sequence[Any], name: str, count: int) -> list[Sample]:
    """Pairs of an image and `count` numbers. Raises DataError, which names the place."""
    found = []
    for index, pair in enumerate(pairs):
        try:
            image, values = pair
            numbers = np.array(values, np.float64).reshape(-1)
        except (TypeError, ValueError) as error:
            raise _no_sample(name, index, count, error) from error
        if numbers.shape != (count,) or not np.isfinite(numbers).all():
            raise _no_sample(name, index, count, f"numbers of shape {numbers.shape}")
        is_image = isinstance(image, np.ndarray) and image.ndim == 3 and image.shape[2] == 3
        if not isinstance(image, str | PathLike) and not (is_image and image.size):
            raise _no_sample(name, index, count, type(image).__name__)
        found.append(Sample(image, numbers))
    if not found:
        raise DataError(explain(f"{name} is empty", expected="one image or more"))
    return found


def _no_sample(name: str, index: int, count: int, got: object) -> DataError:
    expected = f"a path or an array (height, width, 3), and numbers: {count}"
    return DataError(explain(f"{name}[{index}]", expected=expected, got=got))

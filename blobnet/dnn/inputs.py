"""What setInput is given: arrays of float32, less a mean, times a factor, by the inputs' names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from blobnet.dnn.errors import error
from blobnet.dnn.image_params import Scalar, four_numbers
from blobnet.errors import did_you_mean, explain
from blobnet.types import Array, Shape


class Inputs:
    """The inputs of a net, and what has been set.

    values  the arrays, by the names that the definition has
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = list(names)
        self._called = list(names)
        self.values: dict[str, Array] = {}

    def set(self, name: str, blob: ArrayLike, scalefactor: float, mean: Scalar) -> None:
        """Give the input of a name, the first where that is "", its values: see `float_blob`."""
        self.values[self.called(name)] = float_blob(blob, scalefactor, mean)

    def rename(self, names: Sequence[str]) -> None:
        """Call the inputs otherwise. Raises error for another number of names."""
        if len(names) != len(self._names):
            expected = f"{len(self._names)}: {', '.join(self._names)}"
            what = "setInputsNames: another number of inputs"
            raise error(explain(what, expected=expected, got=len(names)))
        self._called = list(names)

    def called(self, name: str) -> str:
        """The definition's name of an input. Raises error where there is none."""
        if not name and self._names:
            return self._names[0]
        if name not in self._called:
            expected = ", ".join(self._called) or "none"
            fix = did_you_mean(name, self._called)
            raise error(explain(f'Requested blob "{name}" not found', expected=expected, fix=fix))
        return self._names[self._called.index(name)]

    def shapes(self) -> dict[str, Shape]:
        """The shapes of what has been set."""
        return {name: array.shape for name, array in self.values.items()}

    def shapes_like(self, given: Any) -> dict[str, Shape]:
        """Input name to shape, out of one shape or a list with one for each input."""
        is_one = all(isinstance(size, int | np.integer) for size in given)
        shapes = [given] if is_one else list(given)
        if len(shapes) != len(self._names):
            what = "not one shape for each input"
            raise error(explain(what, expected=", ".join(self._names), got=given))
        whole = [tuple(int(size) for size in shape) for shape in shapes]
        return dict(zip(self._names, whole, strict=True))


def float_blob(blob: ArrayLike, scalefactor: float, mean: Scalar) -> Array:
    """(blob - mean) * scalefactor, copied; means are those of the channels, axis 1.

    Raises error for what is no array of real numbers, and for means of more channels than four.
    """
    array = np.asarray(blob)
    if array.dtype.kind not in "fiu" or not array.size:
        got = "None" if blob is None else f"{array.dtype}, shape {array.shape}"
        raise error(explain("setInput: no blob", expected="an array of numbers", got=got))
    values = array.astype(np.float32)
    means = four_numbers(mean, "mean")
    if any(means):
        if values.ndim < 2 or values.shape[1] > 4:
            expected = "(images, channels, ...) with up to 4 channels, where a mean is given"
            raise error(explain("setInput: no mean for that", expected=expected, got=values.shape))
        column = np.array(means[: values.shape[1]], np.float32)
        values -= column.reshape(-1, *(1,) * (values.ndim - 2))
    if scalefactor != 1:
        values *= np.float32(scalefactor)
    return values

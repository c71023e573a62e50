"""What is kept of an array: all its values where they are few, else what they are like."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array, IntArray, Shape

FEW = 32
"""Arrays of up to so many values are told in full, unless something else is asked for."""

BINS = 32
IMAGES = 16
LARGEST_IMAGE = 56
"""What is kept of larger arrays, for pictures: parts of a histogram, planes, pixels of a side."""


@dataclass(frozen=True)
class ArrayNote:
    """An array as it was at one moment.

    values    a copy, where there are few of them; None where there are many
    minimum, maximum, mean, mean_abs, zeros   of all values that are finite; zeros is a share
    not_finite  how many values are NaN or infinite
    counts    of many values, how many are in each of BINS equal parts from minimum to maximum
    images    of many values with two axes of more than 1 at the end, up to IMAGES of these
              planes, of larger ones not every pixel: (n, h, w)
    """

    shape: Shape
    values: Array | None
    minimum: float
    maximum: float
    mean: float
    mean_abs: float
    zeros: float
    not_finite: int
    counts: IntArray | None = None
    images: Array | None = None

    @classmethod
    def of(cls, array: Array, few: int = FEW) -> ArrayNote:
        finite = np.isfinite(array)
        not_finite = array.size - int(np.count_nonzero(finite))
        told = array[finite] if not_finite else array
        values = array.copy() if array.size <= few else None
        if not told.size:
            return cls(array.shape, values, 0, 0, 0, 0, 0, not_finite)
        with overflow_allowed():
            return cls(
                array.shape,
                values,
                minimum=float(told.min()),
                maximum=float(told.max()),
                mean=float(told.mean()),
                mean_abs=float(np.abs(told).mean()),
                zeros=1 - np.count_nonzero(told) / told.size,
                not_finite=not_finite,
                counts=_counts(told) if values is None else None,
                images=_images(array) if values is None else None,
            )

    def equals(self, other: ArrayNote) -> bool:
        """Whether both tell the same."""
        if self.values is None or other.values is None:
            return self.shape == other.shape and self.statistics == other.statistics
        return np.array_equal(self.values, other.values, equal_nan=True)

    @property
    def is_zero(self) -> bool:
        return not (self.mean_abs or self.not_finite)

    @property
    def statistics(self) -> dict[str, str]:
        """The numbers of a large array, by name."""
        told = {
            "min": f"{self.minimum:.5g}",
            "mean": f"{self.mean:.5g}",
            "max": f"{self.maximum:.5g}",
            "mean abs": f"{self.mean_abs:.5g}",
            "zeros": f"{100 * self.zeros:.3g} %",
        }
        if self.not_finite:
            told["not finite"] = str(self.not_finite)
        return told


def _counts(values: Array) -> IntArray | None:
    """None where all are the same, or so far apart that no width of a part is a number."""
    low, high = float(values.min()), float(values.max())
    if low == high or not math.isfinite(high - low):
        return None
    counts: IntArray = np.histogram(values, bins=BINS, range=(low, high))[0]
    return counts


def _images(array: Array) -> Array | None:
    if array.ndim < 3 or min(array.shape[-2:]) < 2:
        return None
    stride = -(-max(array.shape[-2:]) // LARGEST_IMAGE)
    planes: Array = array.reshape(-1, *array.shape[-2:])[:IMAGES, ::stride, ::stride].copy()
    return planes


def number(value: Any) -> str:
    """A number in as few digits as tell it from its neighbours, at most eight: 0.05."""
    size = abs(float(value))
    if size and math.isfinite(size) and not 1e-4 <= size < 1e8:
        return np.format_float_scientific(value, precision=7, trim="-", exp_digits=2)
    return np.format_float_positional(value, precision=8, fractional=False, trim="-")

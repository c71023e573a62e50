"""How far two arrays are apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blobnet.types import Array

TOLERANCE = 1e-4
"""The largest difference that counts as rounding, beside the largest value."""
LEAST = 1e-7
"""An absolute difference that is none: the last bit of numbers near 1."""


@dataclass(frozen=True)
class Difference:
    """The largest difference between two arrays.

    largest   the largest absolute difference; infinity where only one side is a number
    relative  that, divided by the largest absolute value of the expected array
    place     where it is: one index for each axis
    expected, got  both values there
    """

    largest: float
    relative: float
    place: tuple[int, ...]
    expected: float
    got: float

    @property
    def is_rounding(self) -> bool:
        """Whether both compute the same, as float32 can tell."""
        return self.is_within(TOLERANCE)

    def is_within(self, tolerance: float) -> bool:
        """Whether both are so near, beside the largest value, or differ in the last bit."""
        return self.relative <= tolerance or self.largest <= LEAST


NO_LIKENESS = Difference(float("inf"), float("inf"), (), float("nan"), float("nan"))
"""Between arrays of two shapes."""


def difference(expected: Array, got: Array) -> Difference:
    """The largest difference of two arrays; `NO_LIKENESS` where they have two shapes.

    Empty arrays do not differ. Infinities and undefined values are equal to their like.
    """
    if expected.shape != got.shape:
        return NO_LIKENESS
    if not expected.size:
        return Difference(0.0, 0.0, (), 0.0, 0.0)
    wide, other = expected.astype(np.float64), got.astype(np.float64)
    is_same = (wide == other) | (np.isnan(wide) & np.isnan(other))
    both = np.isfinite(wide) & np.isfinite(other)
    apart = np.full(wide.shape, np.inf)
    np.subtract(wide, other, out=apart, where=both)
    np.abs(apart, out=apart)
    apart[is_same] = 0
    place = tuple(int(index) for index in np.unravel_index(int(apart.argmax()), apart.shape))
    largest = float(apart[place])
    size = float(np.max(np.abs(wide), where=np.isfinite(wide), initial=0.0))
    relative = largest / size if size else np.inf if largest else 0.0
    return Difference(largest, float(relative), place, float(wide[place]), float(other[place]))

"""The inference mode of InnerProduct: see inference/fusion.py."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.inference.fusion import leaky_slope
from blobnet.layer import Layer


class FusingInnerProduct(Layer):
    """An inner product that does the work of a rectifier behind it."""

    _slope = 1.0  # of that rectifier
    _has_rectifier = False  # of its own

    def fuse(self, followers: Sequence[Layer]) -> bool:
        slope = leaky_slope(followers[0])
        if len(followers) != 1 or slope is None or self._has_rectifier:
            return False
        self._slope = slope
        return True

    def fold(self) -> None:
        """A rectifier has no weights."""

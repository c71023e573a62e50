"""Square windows over images, one of their taps after the other: sums that weights make."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from blobnet.layer import Layer
from blobnet.types import Array, Shape

Tap = tuple[int, int]
"""Row and column within a window."""


class TapWindows:
    """Windows of `kernel` pixels every `stride` pixels, until one reaches the end of an image.

    places  how many there are, down and across
    What is beyond the image counts as 0: `padded` images have it.
    """

    def __init__(self, layer: Layer, shape: Shape, kernel: int, stride: int) -> None:
        """Raises the layer's error where `shape` is that of no images, or where no window fits."""
        if len(shape) != 4 or min(shape[2:]) < 1:
            raise layer.error("bottom[0] must be images", expected="(N, C, H, W)", got=shape)
        self.kernel, self._stride, self._shape = kernel, stride, shape
        self.places = tuple(math.ceil((size - kernel) / stride) + 1 for size in shape[2:])
        ends = [(number - 1) * stride for number in self.places]
        beside = any(end >= size for end, size in zip(ends, shape[2:], strict=True))
        if min(self.places) < 1 or beside:
            raise layer.error(
                "no window lies on the image, or the last one lies beside it",
                expected=f"an image that windows of {kernel} every {stride} pixels see",
                got=f"shape {shape}",
            )
        self._padded = (*shape[:2], *(end + kernel for end in ends))
        self._seen_size = tuple(
            min(size, padded) for size, padded in zip(shape[2:], self._padded[2:], strict=True)
        )

    @property
    def top_shape(self) -> Shape:
        return (*self._shape[:2], *self.places)

    def padded(self, x: Array) -> Array:
        """x with zeros beyond its end, as far as windows reach."""
        height, width = self._seen_size
        windows = np.zeros(self._padded, x.dtype)
        windows[:, :, :height, :width] = x[:, :, :height, :width]
        return windows

    def unpad(self, windows: Array, out: Array) -> None:
        """out = the part of a padded image that `padded` was given; 0 where no window sees it."""
        height, width = self._seen_size
        out[...] = 0
        out[:, :, :height, :width] = windows[:, :, :height, :width]

    def taps(self) -> Iterator[Tap]:
        return np.ndindex(self.kernel, self.kernel)

    def seen(self, windows: Array, tap: Tap) -> Array:
        """A view of a padded image: what all windows see at one of their taps."""
        rows, columns = (
            slice(begin, begin + (number - 1) * self._stride + 1, self._stride)
            for begin, number in zip(tap, self.places, strict=True)
        )
        return windows[:, :, rows, columns]

    def inside(self, tap: Tap) -> Array:
        """Of which windows this tap lies on the image, (rows, columns)."""
        rows, columns = (
            np.arange(number) * self._stride + begin < size
            for number, begin, size in zip(self.places, tap, self._shape[2:], strict=True)
        )
        inside: Array = np.logical_and.outer(rows, columns)
        return inside

    def weighted(self, windows: Array, weights: Array) -> Array:
        """The sum of weights (K, K) times what each window sees of a padded image."""
        result = np.zeros(self.top_shape, windows.dtype)
        for tap in self.taps():
            result += self.seen(windows, tap) * weights[tap]
        return result

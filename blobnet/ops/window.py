"""Window: what a kernel covers while it slides over an image, and slices that follow from it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from blobnet.types import Array, DType, Shape


class Window(NamedTuple):
    """A kernel that slides over any number of axes; one value per axis in each field."""

    kernel: Shape
    stride: Shape
    pad: Shape
    dilation: Shape

    @property
    def extent(self) -> Shape:
        """How far the kernel reaches: its taps and the holes between them."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    @property
    def is_point(self) -> bool:
        """Whether the window is one value that visits every place once."""
        return set(self.kernel + self.stride) <= {1} and not any(self.pad)

    def output_size(self, size: Shape) -> Shape:
        """How many places the window has on an image of `size`; below 1 where it has none."""
        return tuple(
            (length + 2 * pad - extent) // stride + 1
            for length, pad, extent, stride in zip(
                size, self.pad, self.extent, self.stride, strict=True
            )
        )

    def input_size(self, size: Shape) -> Shape:
        """The smallest image on which the window has `size` places."""
        return tuple(
            stride * (places - 1) + extent - 2 * pad
            for places, pad, extent, stride in zip(
                size, self.pad, self.extent, self.stride, strict=True
            )
        )


def overlap(first: int, step: int, places: int, length: int) -> tuple[slice, slice]:
    """Which of the indices first, first + step, ... lie in range(length).

    Returns the places (as a slice of range(places)) and their indices (a slice of length).
    """
    begin = max(0, -(first // step))
    end = min(places, -((first - length) // step))
    if begin >= end:
        return slice(0, 0), slice(0, 0)
    start = first + begin * step
    return slice(begin, end), slice(start, start + (end - begin - 1) * step + 1, step)


@lru_cache(maxsize=256)
def window_counts(window: Window, size: Shape, places: Shape, dtype: DType) -> Array:
    """What each window's sum is divided by: padding counts, what sticks out further does not."""
    lengths = []
    for axis in range(2):
        begin = np.arange(places[axis]) * window.stride[axis] - window.pad[axis]
        end = np.minimum(begin + window.extent[axis], size[axis] + window.pad[axis])
        taps = -((begin - end) // window.dilation[axis])
        lengths.append(taps.astype(np.float64))  # their product may exceed any integer
    counts = np.outer(lengths[0], lengths[1]).astype(dtype)
    counts.setflags(write=False)  # all who ask share it
    return counts


def pixel_counts(window: Window, size: Shape, places: Shape) -> Array:
    """How many pixels of the image each of the window's `places` (two axes) sees."""
    along = []
    for axis in range(2):
        dilation = window.dilation[axis]
        begin = np.arange(places[axis]) * window.stride[axis] - window.pad[axis]
        end = np.minimum(begin + window.extent[axis], size[axis])
        first, behind = np.maximum(-(begin // dilation), 0), -((begin - end) // dilation)
        along.append(np.maximum(behind - first, 0))
    return np.outer(along[0], along[1])


@lru_cache(maxsize=256)
def pixel_shares(window: Window, size: Shape, places: Shape, dtype: DType) -> Array:
    """`window_counts` / `pixel_counts`: what makes of an average with padding one without."""
    pixels = pixel_counts(window, size, places)
    shares = np.zeros(pixels.shape, dtype)
    np.divide(window_counts(window, size, places, dtype), pixels, out=shares, where=pixels > 0)
    shares.setflags(write=False)
    return shares


def sees_pixels(window: Window, size: Shape, places: Shape) -> Array:
    """Whether each of the window's `places` (two axes) has a pixel of the image."""
    return pixel_counts(window, size, places) > 0

"""How the values that maximum pooling takes are numbered.

The taps of a window count from 1, row by row, and 0 is none. For a window that is too wide to
be walked along, the pixels of the image count instead: there are fewer of them.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.ops.window import Window
from blobnet.types import Array, DType, Shape

WIDE = 16
"""A kernel or a stride so much larger than four times the image is too wide to be walked along."""


def is_wide(window: Window, size: Shape) -> bool:
    """Whether the window reaches much farther than an image of `size`, or steps over it."""
    return any(
        max(kernel, stride) > 4 * length + WIDE
        for kernel, stride, length in zip(window.kernel, window.stride, size, strict=True)
    )


def argmax_dtype(window: Window, size: Shape) -> DType:
    """The smallest integer type that can number what may be taken from 1: taps, or pixels."""
    return np.min_scalar_type(math.prod(size if is_wide(window, size) else window.kernel))


def argmax_positions(argmax: Array, window: Window, size: Shape) -> Array:
    """Where in an image of `size` these values stand: row * width + column, or -1 for none."""
    number = argmax.astype(np.int64) - 1
    if is_wide(window, size):
        return number
    rows, columns = _first_pixels(window, number.shape[-2:])
    row, column = np.divmod(number, window.kernel[1])
    row, column = row * window.dilation[0] + rows, column * window.dilation[1] + columns
    return np.where(number >= 0, row * size[1] + column, -1)


def argmax_numbers(position: Array, window: Window, size: Shape) -> Array:
    """The numbers of the values at these positions."""
    if is_wide(window, size):
        return position + 1
    rows, columns = _first_pixels(window, position.shape[-2:])
    row, column = np.divmod(position, size[1])
    row, column = (row - rows) // window.dilation[0], (column - columns) // window.dilation[1]
    return np.where(position >= 0, row * window.kernel[1] + column + 1, 0)


def _first_pixels(window: Window, places: Shape) -> tuple[Array, Array]:
    """The row and the column where the window begins, from each of its places."""
    rows, columns = (
        np.arange(places[axis]) * window.stride[axis] - window.pad[axis] for axis in (0, 1)
    )
    return rows[:, None], columns

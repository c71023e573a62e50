"""Images of the pixels that a dilated window sees together, and back."""

from __future__ import annotations

from blobnet.ops.simd.kernel import exact_kernel
from blobnet.types import Array

Seven = tuple[int, int, int, int, int, int, int]


@exact_kernel
def apart(begin: int, end: int, x: Array, sizes: Seven, near: Array) -> None:
    """near[(n, a, b), c, i, j] = x[n, c, i * down + a, j * across + b], 0 where x has none.

    An item is a channel of an image. sizes: channels, height, width, down, across, rows, columns.
    """
    channels, height, width, down, across, rows, columns = sizes
    for item in range(begin, end):
        n, c = divmod(item, channels)
        for a in range(down):
            for b in range(across):
                plane = (((n * down + a) * across + b) * channels + c) * rows * columns
                for i in range(rows):
                    row = (item * height + i * down + a) * width + b
                    to = plane + i * columns
                    inside = (width - b + across - 1) // across if i * down + a < height else 0
                    for j in range(inside):
                        near[to + j] = x[row + j * across]
                    for j in range(inside, columns):
                        near[to + j] = 0


@exact_kernel
def together(begin: int, end: int, y: Array, sizes: Seven, near: Array) -> None:
    """y[n, c, i * down + a, j * across + b] = near[(n, a, b), c, i, j]; see `apart`."""
    channels, height, width, down, across, rows, columns = sizes
    for item in range(begin, end):
        n, c = divmod(item, channels)
        for a in range(down):
            for b in range(across):
                plane = (((n * down + a) * across + b) * channels + c) * rows * columns
                for i in range((height - a + down - 1) // down):
                    row = (item * height + i * down + a) * width + b
                    from_ = plane + i * columns
                    for j in range((width - b + across - 1) // across):
                        y[row + j * across] = near[from_ + j]

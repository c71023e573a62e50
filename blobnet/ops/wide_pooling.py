"""Pooling by windows that reach much farther than the image, or step over it.

Their taps would cost more than the data, so this goes through the rows and columns of the image:
each is seen from some places that follow one another. Arrays as in `pooling.py`; a winner is 1 +
the number of the pixel, row by row.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.window import Window
from blobnet.types import Array, Shape

WIDE = 16
"""A kernel or a stride so much larger than four times the image is too wide to be walked along."""


def suits(window: Window, size: Shape) -> bool:
    """Whether these functions should do it."""
    return any(
        max(kernel, stride) > 4 * length + WIDE
        for kernel, stride, length in zip(window.kernel, window.stride, size, strict=True)
    )


def max_forward(x: Array, window: Window, lowest: float, y: Array, winner: Array) -> None:
    images, best, number = _as_images(x), _as_images(y), _as_images(winner)
    height, width = images.shape[1:]
    across = np.full((*images.shape[:2], best.shape[2]), lowest, x.dtype)
    columns = np.zeros(across.shape, np.intp)
    best.fill(lowest)
    number.fill(0)
    with np.errstate(invalid="ignore"):
        for column, places in enumerate(_seen_from(window, 1, width, best.shape[2])):
            values, so_far = images[:, :, column, None], across[:, :, places]
            is_better = values > so_far
            np.copyto(so_far, values, where=is_better)
            np.copyto(columns[:, :, places], column + 1, where=is_better)
        for row, places in enumerate(_seen_from(window, 0, height, best.shape[1])):
            values, so_far = across[:, row, None], best[:, places]
            is_better = values > so_far
            np.copyto(so_far, values, where=is_better)
            pixels = (row * width + columns[:, row, None]).astype(number.dtype)
            np.copyto(number[:, places], pixels, where=is_better)


def max_backward(dy: Array, winner: Array, dx: Array) -> None:
    images, number = dx.reshape(-1, dx.shape[2] * dx.shape[3]), winner.reshape(-1)
    dx.fill(0)
    (won,) = np.nonzero(number)
    image = won // (dy.shape[2] * dy.shape[3])
    with np.errstate(over="ignore", invalid="ignore"):
        np.add.at(images, (image, number[won].astype(np.intp) - 1), dy.reshape(-1)[won])


def sum_forward(x: Array, window: Window, divisors: Array, y: Array) -> None:
    images, sums = _as_images(x), _as_images(y)
    across = np.zeros((*images.shape[:2], sums.shape[2]), x.dtype)
    sums.fill(0)
    with np.errstate(all="ignore"):
        for column, places in enumerate(_seen_from(window, 1, images.shape[2], sums.shape[2])):
            across[:, :, places] += images[:, :, column, None]
        for row, places in enumerate(_seen_from(window, 0, images.shape[1], sums.shape[1])):
            sums[:, places] += across[:, row, None]
        sums /= divisors


def sum_backward(dy: Array, window: Window, divisors: Array, dx: Array) -> None:
    given, images = _as_images(dy), _as_images(dx)
    across = np.empty((*given.shape[:2], images.shape[2]), dx.dtype)
    with np.errstate(all="ignore"):
        shares = given / divisors
        for column, places in enumerate(_seen_from(window, 1, images.shape[2], given.shape[2])):
            shares[:, :, places].sum(axis=2, out=across[:, :, column])
        for row, places in enumerate(_seen_from(window, 0, images.shape[1], given.shape[1])):
            across[:, places].sum(axis=1, out=images[:, row])


def _seen_from(window: Window, axis: int, length: int, places: int) -> list[slice]:
    """For each pixel along an axis, the places from which the window sees it."""
    kernel, stride, pad = window.kernel[axis], window.stride[axis], window.pad[axis]
    begins = [max(0, -((kernel - 1 - pad - pixel) // stride)) for pixel in range(length)]
    ends = [min(places, (pixel + pad) // stride + 1) for pixel in range(length)]
    return [slice(begin, max(begin, end)) for begin, end in zip(begins, ends, strict=True)]


def _as_images(array: Array) -> Array:
    images: Array = array.reshape(array.shape[0] * array.shape[1], *array.shape[2:])
    return images

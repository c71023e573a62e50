"""Stochastic pooling: a value drawn from each window, or the mean of what would be drawn.

A value's chance is its share of the window's sum; activations are meant not to be negative.
Zeiler and Fergus, ICLR 2013.  Shapes as in `pooling`; no padding.

Caffe: pooling_layer.cu.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from blobnet.ops.im2col import col2im, im2col
from blobnet.ops.pooling_argmax import argmax_numbers, argmax_positions
from blobnet.ops.window import Window, sees_pixels
from blobnet.ops.workspace import scratch
from blobnet.types import Array, Shape

PATCHES = 2**18
"""Values that the windows of a chunk of images see, where a single image has no more."""


def sample(x: Array, window: Window, threshold: Array, y: Array, drawn: Array) -> None:
    """y = a value of each window, `drawn` = the number of its tap (`pooling_argmax.py`).

    It is the first with which the sum so far reaches `threshold` (y's shape; evenly drawn above
    0 and up to 1) times the whole sum; the first of all where none does. In a window without a
    pixel none is drawn: the number and y are 0.
    """
    narrow = _within_image(window, x.shape[2:])
    for images in _chunks(narrow, y.shape):
        patches = _patches(x, images, narrow, y.shape[2:])
        sums = np.cumsum(patches, axis=1)
        goal = sums[:, -1:] * _as_images(threshold)[images, None]
        tap = np.argmax(sums >= goal, axis=1)
        _as_images(y)[images] = np.take_along_axis(patches, tap[:, None], axis=1)[:, 0]
        position = argmax_positions(tap + 1, narrow, x.shape[2:])
        number = argmax_numbers(position, window, x.shape[2:])
        _as_images(drawn)[images] = number * sees_pixels(narrow, x.shape[2:], y.shape[2:])


def expected_forward(x: Array, window: Window, y: Array) -> None:
    """y = sum(x * x) / sum(x) over each window; 0 where the sum is not above 0."""
    window = _within_image(window, x.shape[2:])
    for images in _chunks(window, y.shape):
        _, _as_images(y)[images] = _sum_and_mean(_patches(x, images, window, y.shape[2:]))


def expected_backward(x: Array, dy: Array, window: Window, dx: Array) -> None:
    """dx = the sum of dy * (2 * x - y) / sum(x) over the windows that hold each value."""
    window = _within_image(window, x.shape[2:])
    for images in _chunks(window, dy.shape):
        patches = _patches(x, images, window, dy.shape[2:])
        total, mean = _sum_and_mean(patches)
        share = np.where(total > 0, _as_images(dy)[images] / total, 0)
        columns = share[:, None] * (2 * patches - mean[:, None])
        columns = columns.reshape(len(patches), *window.kernel, *dy.shape[2:])
        col2im(columns, window, _as_images(dx)[images])


def _sum_and_mean(patches: Array) -> tuple[Array, Array]:
    total = patches.sum(axis=1)
    return total, np.where(total > 0, (patches * patches).sum(axis=1) / total, 0)


def _within_image(window: Window, size: Shape) -> Window:
    """The window without what never sees a pixel, as there is no padding."""
    kernel = tuple(max(1, min(pair)) for pair in zip(window.kernel, size, strict=True))
    stride = tuple(min(pair) for pair in zip(window.stride, (n + 1 for n in size), strict=True))
    return window._replace(kernel=kernel, stride=stride)


def _patches(x: Array, images: slice, window: Window, places: Shape) -> Array:
    """What each window sees: (images, taps, *places)."""
    part = _as_images(x)[images]
    columns = scratch("columns", (len(part), *window.kernel, *places), x.dtype)
    im2col(part, window, columns)
    patches: Array = columns.reshape(len(part), math.prod(window.kernel), *places)
    return patches


def _chunks(window: Window, shape: Shape) -> Iterator[slice]:
    count = shape[0] * shape[1]
    step = max(1, PATCHES // max(1, math.prod(window.kernel) * math.prod(shape[2:])))
    return (slice(begin, begin + step) for begin in range(0, count, step))


def _as_images(array: Array) -> Array:
    images: Array = array.reshape(array.shape[0] * array.shape[1], *array.shape[2:])
    return images

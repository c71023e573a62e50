"""Pooling over more than two axes, as poolings over two.

The maximum of a window is that of its planes' maxima, the average that of their averages. So the
last two axes are pooled as images, and then each axis before them as images of one column. Of equal
maxima the first in the order of memory wins, as in one walk through the window.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from blobnet.ops import pooling
from blobnet.ops.pooling_argmax import argmax_dtype
from blobnet.ops.window import Window, pixel_shares, sees_pixels
from blobnet.types import Array, DType, Shape


class _Step(NamedTuple):
    """One pooling of images: x (N, 1, height, width) to y (N, 1, rows, columns)."""

    window: Window
    x_shape: Shape
    y_shape: Shape
    y: Array
    argmax: Array


class PoolingByAxes:
    """Maximum or average pooling of x (N, *size) to y (N, *places), N of any number of axes.

    window          with a value for each of the axes of `size`, of which there are three or more
    is_max          else the average
    counts_padding  whether the divisor of an average does, as in Caffe
    """

    def __init__(
        self, window: Window, images: int, size: Shape, places: Shape, dtype: DType,
        *, is_max: bool, counts_padding: bool,
    ) -> None:  # fmt: skip
        self._is_max, self._counts_padding = is_max, counts_padding
        dims = len(size)
        cuts = [(dims - 2, dims), *((axis, axis + 1) for axis in reversed(range(dims - 2)))]
        self._steps = [
            _step(window, images, size, places, begin, end, dtype) for begin, end in cuts
        ]

    @property
    def has_empty_windows(self) -> bool:
        """Whether some window lies beside the volume."""
        return not all(
            sees_pixels(step.window, step.x_shape[2:], step.y_shape[2:]).all()
            for step in self._steps
        )

    def forward(self, x: Array, y: Array) -> None:
        for step in self._steps:
            images = x.reshape(step.x_shape)
            if self._is_max:
                pooling.max_forward(images, step.window, step.y, step.argmax)
            else:
                pooling.average_forward(images, step.window, step.y)
                if not self._counts_padding:
                    np.multiply(step.y, _shares(step), out=step.y)
            x = step.y
        y[...] = x.reshape(y.shape)

    def backward(self, dy: Array, dx: Array) -> None:
        """dx = the gradient, for the x of the last `forward`."""
        for step in reversed(self._steps):
            gradient = dy.reshape(step.y_shape)
            is_first = step is self._steps[0]
            target = dx.reshape(step.x_shape) if is_first else np.empty(step.x_shape, dx.dtype)
            if self._is_max:
                pooling.max_backward(gradient, step.argmax, step.window, target)
            else:
                if not self._counts_padding:
                    gradient = gradient * _shares(step)
                pooling.average_backward(gradient, step.window, target)
            dy = target


def _step(
    window: Window, images: int, size: Shape, places: Shape, begin: int, end: int, dtype: DType
) -> _Step:
    """The pooling of the axes from `begin` to before `end`, those behind them being pooled."""
    part = Window(*(values[begin:end] for values in window))
    height_width, rows_columns = size[begin:end], places[begin:end]
    if end - begin == 1:
        behind = math.prod(places[end:])
        height_width, rows_columns = (*height_width, behind), (*rows_columns, behind)
        one_column = Window((1,), (1,), (0,), (1,))
        part = Window(*(own + other for own, other in zip(part, one_column, strict=True)))
    count = images * math.prod(size[:begin])
    y_shape = (count, 1, *rows_columns)
    argmax = np.zeros(y_shape, argmax_dtype(part, height_width))
    return _Step(part, (count, 1, *height_width), y_shape, np.zeros(y_shape, dtype), argmax)


def _shares(step: _Step) -> Array:
    return pixel_shares(step.window, step.x_shape[2:], step.y_shape[2:], step.y.dtype)

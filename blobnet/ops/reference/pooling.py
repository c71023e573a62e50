"""Maximum and average over windows of images, and their gradients: plain numpy.

x  (N, C, height, width)     the window has two axes, any stride and padding
y  (N, C, *places)           a window may stick out at the end: what lies outside does not count

Sums are made along one axis after the other: first across, of the pixels that lie beside each
other, then down. A window that is wide (`pooling_argmax.py`) has no dilation.

Caffe: pooling_layer.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from types import EllipsisType

import numpy as np

from blobnet.ops.pooling_argmax import argmax_numbers, argmax_positions, is_wide
from blobnet.ops.window import Window, overlap, window_counts
from blobnet.types import Array, Shape

LOWEST = -float(np.finfo(np.float32).max)
"""Where a maximum starts, in either precision: what is not above it never wins."""

Walk = list[tuple[slice, slice]]  # pixels, and the places that see them: as many, or one of them
Index = tuple[EllipsisType, slice, slice]


def max_forward(x: Array, window: Window, y: Array, argmax: Array) -> None:
    """y = the largest value in each window, `argmax` = the number of its tap (`pooling_argmax.py`).

    The first of equal values wins. In a window without a value above LOWEST, NaN included,
    none does: y is LOWEST and the argmax 0.
    """
    if is_wide(window, x.shape[2:]):
        _max_of_wide_windows(x, window, y, argmax)
        return
    y.fill(LOWEST)
    argmax.fill(0)
    for number, pixels, places in _taps(window, x.shape[2:], y.shape[2:]):
        values, best, best_number = x[pixels], y[places], argmax[places]
        is_larger = values > best
        np.fmax(best, values, out=best)
        # numbers grow, so the highest is that of the tap that was larger last
        np.maximum(best_number, is_larger * argmax.dtype.type(number), out=best_number)


def max_backward(dy: Array, argmax: Array, window: Window, dx: Array) -> None:
    """dx = the sum of `dy` over the windows whose maximum it is, in the windows' order."""
    dx.fill(0)
    if is_wide(window, dx.shape[2:]):
        position = argmax_positions(argmax, window, dx.shape[2:])
        n, c, *_ = taken = np.nonzero(position >= 0)
        row, column = np.divmod(position[taken], dx.shape[3])
        np.add.at(dx, (n, c, row, column), dy[taken])
        return
    taps = list(_taps(window, dx.shape[2:], dy.shape[2:]))
    for number, pixels, places in reversed(taps):  # a pixel's last tap is of its first window
        dx[pixels] += np.where(argmax[places] == number, dy[places], 0)


def average_forward(x: Array, window: Window, y: Array) -> None:
    """y = the sum over each window, divided by `window_counts`."""
    sum_forward(x, window, y)
    y /= window_counts(window, x.shape[2:], y.shape[2:], x.dtype)


def average_backward(dy: Array, window: Window, dx: Array) -> None:
    """dx = the sum of dy / `window_counts` over the windows that hold each value."""
    shares = dy / window_counts(window, dx.shape[2:], dy.shape[2:], dy.dtype)
    across = np.zeros((*dy.shape[:3], dx.shape[3]), dx.dtype)
    for pixels, places in _steps(window, 1, dx.shape[2:], dy.shape[2:]):
        _give(shares[..., places], 3, across[..., pixels])
    dx.fill(0)
    for pixels, places in _steps(window, 0, dx.shape[2:], dy.shape[2:]):
        _give(across[:, :, places], 2, dx[:, :, pixels])


def sum_forward(x: Array, window: Window, y: Array) -> None:
    """y = the sum over each window."""
    across = np.zeros((*x.shape[:3], y.shape[3]), x.dtype)
    for pixels, places in _steps(window, 1, x.shape[2:], y.shape[2:]):
        across[..., places] += x[..., pixels]
    y.fill(0)
    for pixels, places in _steps(window, 0, x.shape[2:], y.shape[2:]):
        y[:, :, places] += across[:, :, pixels]


def _max_of_wide_windows(x: Array, window: Window, y: Array, argmax: Array) -> None:
    """Along the image instead of the window: first across, then down."""
    across = np.full((*x.shape[:3], y.shape[3]), LOWEST, x.dtype)
    column = np.zeros(across.shape, np.intp)
    for pixel, places in _steps(window, 1, x.shape[2:], y.shape[2:]):
        is_larger = x[..., pixel] > across[..., places]
        np.copyto(across[..., places], x[..., pixel], where=is_larger)
        np.copyto(column[..., places], pixel.start, where=is_larger)
    y.fill(LOWEST)
    position = np.full(y.shape, -1)
    for pixel, places in _steps(window, 0, x.shape[2:], y.shape[2:]):
        is_larger = across[:, :, pixel] > y[:, :, places]
        np.copyto(y[:, :, places], across[:, :, pixel], where=is_larger)
        here = pixel.start * x.shape[3] + column[:, :, pixel]
        np.copyto(position[:, :, places], here, where=is_larger)
    argmax[...] = argmax_numbers(position, window, x.shape[2:])


def _taps(window: Window, size: Shape, places: Shape) -> Iterator[tuple[int, Index, Index]]:
    """Each tap: its number, the pixels that it sees, and from which places."""
    down, across = (_steps(window, axis, size, places) for axis in (0, 1))
    for number, ((rows, from_rows), (columns, from_columns)) in enumerate(product(down, across), 1):
        yield number, (..., rows, columns), (..., from_rows, from_columns)


def _steps(window: Window, axis: int, size: Shape, places: Shape) -> Walk:
    """The window's taps along an axis: the pixels each sees, and from which places.

    For a wide window: the pixels of the image, one by one, and the places that see each.
    """
    kernel, stride, pad = window.kernel[axis], window.stride[axis], window.pad[axis]
    if not is_wide(window, size):
        firsts = (tap * window.dilation[axis] - pad for tap in range(kernel))
        taps = (overlap(first, stride, places[axis], size[axis]) for first in firsts)
        return [(pixels, seen_from) for seen_from, pixels in taps]
    walk = []
    for pixel in range(size[axis]):
        begin, end = -((kernel - 1 - pad - pixel) // stride), (pixel + pad) // stride + 1
        walk.append((slice(pixel, pixel + 1), slice(max(0, begin), max(0, min(places[axis], end)))))
    return walk


def _give(values: Array, axis: int, total: Array) -> None:
    """Add values to pixels: to each its own, or to the one pixel of a step all of them."""
    total += values if values.shape == total.shape else values.sum(axis=axis, keepdims=True)

"""Maximum and average over windows of volumes, with any number of axes, and their gradients.

x  (N, C, *size)      y  (N, C, *places)      the window has an axis for each of `size`

A window may stick out at the end: what lies outside does not count. Taps are visited in the order
of memory, so sums are added up as Caffe adds them; images are shared among threads.

Caffe: pool3d_layer.cpp of C3D.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from types import EllipsisType

import numpy as np

from blobnet.ops.reference.pooling import LOWEST
from blobnet.ops.values import for_values
from blobnet.ops.window import Window, overlap
from blobnet.types import Array, DType, Shape

Index = tuple[EllipsisType | slice, ...]


def max_forward(x: Array, window: Window, y: Array) -> None:
    """y = the largest value in each window; LOWEST where none is above it, NaN included."""
    taps = [*_taps(window, x.shape[2:], y.shape[2:])]
    images, maxima = _images(x), _images(y)

    def work(begin: int, end: int) -> None:
        some, best = images[begin:end], maxima[begin:end]
        best.fill(LOWEST)
        for seen, places in taps:
            np.fmax(best[places], some[seen], out=best[places])

    for_values(work, len(images), _size(x))


def max_backward(x: Array, y: Array, dy: Array, window: Window, dx: Array) -> None:
    """dx = the sum of `dy` over the windows whose maximum each value equals: ties all get it."""
    taps = [*_taps(window, x.shape[2:], y.shape[2:])]
    arrays = [_images(array) for array in (x, y, dy, dx)]

    def work(begin: int, end: int) -> None:
        values, best, gradient, total = (array[begin:end] for array in arrays)
        total.fill(0)
        for seen, places in taps:
            total[seen] += np.where(values[seen] == best[places], gradient[places], 0)

    for_values(work, len(arrays[0]), _size(x))


def average_forward(x: Array, window: Window, y: Array, counts: Array) -> None:
    """y = the sum over each window, divided by `counts`."""
    taps = [*_taps(window, x.shape[2:], y.shape[2:])]
    images, means = _images(x), _images(y)

    def work(begin: int, end: int) -> None:
        some, total = images[begin:end], means[begin:end]
        total.fill(0)
        for seen, places in taps:
            total[places] += some[seen]
        total /= counts

    for_values(work, len(images), _size(x))


def average_backward(dy: Array, window: Window, dx: Array, counts: Array) -> None:
    """dx = the sum of dy / `counts` over the windows that hold each value."""
    taps = [*_taps(window, dx.shape[2:], dy.shape[2:])]
    gradients, totals = _images(dy), _images(dx)

    def work(begin: int, end: int) -> None:
        total = totals[begin:end]
        total.fill(0)
        shares = gradients[begin:end] / counts
        for seen, places in taps:
            total[seen] += shares[places]

    for_values(work, len(totals), _size(dx))


def lengths(window: Window, size: Shape, places: Shape, *, with_padding: bool) -> list[Array]:
    """Along each axis, how long each window is within the volume, its padding counted or not."""
    found = []
    for kernel, stride, pad, length, count in zip(*window[:3], size, places, strict=True):
        begin = np.arange(count) * stride - pad
        end = np.minimum(begin + kernel, length + pad if with_padding else length)
        found.append(end - (begin if with_padding else np.maximum(begin, 0)))
    return found


def divisors(along: list[Array], dtype: DType) -> Array:
    """The product of each window's lengths, an axis for each."""
    counts: Array = np.ones((), np.float64)
    for axis in along:
        counts = np.multiply.outer(counts, axis.astype(np.float64))
    rounded: Array = counts.astype(dtype)
    return rounded


def _taps(window: Window, size: Shape, places: Shape) -> Iterator[tuple[Index, Index]]:
    """Each tap that sees anything: the values that it sees, and from which places."""
    walks = []
    for kernel, stride, pad, length, count in zip(*window[:3], size, places, strict=True):
        steps = (overlap(tap - pad, stride, count, length) for tap in range(kernel))
        walks.append([step for step in steps if step[0].stop > step[0].start])
    for tap in product(*walks):
        yield (..., *(seen for _, seen in tap)), (..., *(from_ for from_, _ in tap))


def _images(x: Array) -> Array:
    images: Array = x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])
    return images


def _size(x: Array) -> int:
    return int(np.prod(x.shape[2:], dtype=np.int64))

"""Mean 0 and variance 1 for every channel, forward and backward.

x, y, dy, dx       (N, C, ...)   any number of axes behind the channels
mean, inv_std      (C,)          inv_std is what the centered values are multiplied by

means        the mean of every channel, over the batch and all places
moments      the same, with the variance
normalize    y = (x - mean) * inv_std
standardize  the same, with the moments of x itself
gradient     dx, where mean and inv_std came from x itself

Where a compiled kernel serves (`compiled/planes.py`), sums are made in float64, each channel's in
one thread. Else they are made in the arrays' own type along the last axes, then in float64, and
every part of the arrays is a task of its own for the threads.

Ioffe and Szegedy, ICML 2015.  Caffe: batch_norm_layer.cpp, mvn_layer.cpp.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.ops.parallel import for_each
from blobnet.ops.planes import (
    by_channels,
    by_rows,
    kernels_for,
    over_channels,
    sums_beside_centers,
)
from blobnet.ops.workspace import scratch
from blobnet.types import Array

VALUES = 2**16
"""Values in a part, where a single channel of an image has no more: they stay in a cache."""

Part = tuple[slice, slice]  # images, channels


def means(x: Array) -> Array:
    """The mean of every channel, in float64; 0 where there are no values."""
    planes = _planes(x)
    if kernels_for(1, x.shape[1:2], x) is not None:
        return _centers_and_variances(planes)[0]
    sums = np.zeros(planes.shape[:2])

    def add_up(part: Part) -> None:
        with np.errstate(all="ignore"):
            sums[part] = np.einsum("ncs->nc", planes[part])

    for_each(add_up, _parts(planes))
    return _over_batch(sums, planes)


def moments(x: Array) -> tuple[Array, Array]:
    """The mean of every channel and its variance (divided by N, not N - 1), in float64.

    Values are centered before they are squared, and what the first mean missed by its rounding
    is made good: nothing is lost where a mean is large beside the deviation from it, and the
    variance of equal values is 0.
    """
    planes = _planes(x)
    if kernels_for(1, x.shape[1:2], x) is not None:
        return _centers_and_variances(planes)
    first = means(x).astype(x.dtype)
    sums, squares = np.zeros((2, *planes.shape[:2]))

    def add_up(part: Part) -> None:
        with np.errstate(all="ignore"):
            centered = _centered(planes, first, part)
            sums[part] = np.einsum("ncs->nc", centered)
            squares[part] = np.einsum("ncs,ncs->nc", centered, centered)

    for_each(add_up, _parts(planes))
    with np.errstate(all="ignore"):
        missed = _over_batch(sums, planes)
        variance = np.maximum(_over_batch(squares, planes) - missed**2, 0)
        return first + missed, variance


def _centers_and_variances(planes: Array) -> tuple[Array, Array]:
    """The same as `moments`, in one pass: a center near the mean does as well as the mean."""
    center, beside, squares = sums_beside_centers(planes)
    count = planes.shape[0] * planes.shape[2]
    with np.errstate(all="ignore"):
        variance = np.maximum(squares / count - (beside / count) ** 2, 0)
        return center + beside / count, variance


@np.errstate(all="ignore")
def normalize(x: Array, mean: Array, inv_std: Array, out: Array) -> None:
    """out = (x - mean) * inv_std. `out` may be x."""
    planes, out_planes = _planes(x), _planes(out)
    mean, inv_std = mean.astype(x.dtype), inv_std.astype(x.dtype)
    kernels = kernels_for(1, x.shape[1:2], x, out)
    if kernels is not None:
        by_rows(kernels.normalize, planes, mean, inv_std, out_planes)
        return

    def work(part: Part) -> None:
        channels, y = part[1], out_planes[part]
        with np.errstate(all="ignore"):
            np.subtract(planes[part], mean[channels, None], out=y)
            y *= inv_std[channels, None]

    for_each(work, _parts(planes))


def standardize(
    x: Array, eps: float, out: Array, kept: Array | None = None
) -> tuple[Array, Array, Array]:
    """out = (x - mean) * inv_std, with inv_std = 1 / sqrt(variance + eps), of x itself.

    Returns (mean, variance, inv_std), in float64. `out` may be x; then `kept`, an array like it,
    may be given to hold the values of x.
    """
    kernels = kernels_for(1, x.shape[1:2], *((x, out) if kept is None else (x, out, kept)))
    if kernels is not None:
        mean, variance = by_channels(
            lambda begin, end, width, *arrays: kernels.standardize(
                begin, end, width, eps, *arrays
            ),
            _planes(x), out, np.empty(0, x.dtype) if kept is None else kept,
        )  # fmt: skip
        return mean, variance, inverse_std(variance, eps)
    if kept is not None:
        np.copyto(kept, x)
    mean, variance = moments(x)
    inv_std = inverse_std(variance, eps)
    normalize(x, mean, inv_std, out)
    return mean, variance, inv_std


def inverse_std(variance: Array, eps: float) -> Array:
    """1 / sqrt(variance + eps)"""
    with np.errstate(all="ignore"):
        inv_std: Array = 1 / np.sqrt(variance + eps)
    return inv_std


@np.errstate(all="ignore")
def gradient(x: Array, dy: Array, mean: Array, inv_std: Array, out: Array) -> None:
    """out = dx = (dy - mean(dy) - y * mean(dy * y)) * inv_std, with y = (x - mean) * inv_std.

    `out` may be dy, and must not be x.
    """
    planes, dy_planes, out_planes = _planes(x), _planes(dy), _planes(out)
    mean = mean.astype(x.dtype)
    kernels = kernels_for(1, x.shape[1:2], x, dy, out)
    if kernels is not None:
        over_channels(kernels.gradient, planes, dy_planes, mean, inv_std, out_planes)
        return
    sums, products = np.zeros((2, *planes.shape[:2]))

    def add_up(part: Part) -> None:
        with np.errstate(all="ignore"):
            sums[part] = np.einsum("ncs->nc", dy_planes[part])
            centered = _centered(planes, mean, part)
            products[part] = np.einsum("ncs,ncs->nc", centered, dy_planes[part])

    for_each(add_up, _parts(planes))
    with np.errstate(all="ignore"):
        slope = (_over_batch(products, planes) * np.square(inv_std)).astype(x.dtype)
    offset, factor = _over_batch(sums, planes).astype(x.dtype), inv_std.astype(x.dtype)

    def work(part: Part) -> None:
        channels, dx = part[1], out_planes[part]
        with np.errstate(all="ignore"):
            along = _centered(planes, mean, part)
            along *= slope[channels, None]
            along += offset[channels, None]
            np.subtract(dy_planes[part], along, out=dx)
            dx *= factor[channels, None]

    for_each(work, _parts(planes))


def _planes(x: Array) -> Array:
    """A view of three axes: images, channels, and the places of a channel."""
    return x.reshape(*x.shape[:2], math.prod(x.shape[2:]))


def _parts(planes: Array) -> list[Part]:
    num, channels, size = planes.shape
    channel_step = min(max(1, VALUES // max(1, size)), max(1, channels))
    image_step = max(1, VALUES // max(1, channel_step * size))
    return [
        (slice(n, n + image_step), slice(c, c + channel_step))
        for n in range(0, num, image_step)
        for c in range(0, channels, channel_step)
    ]


def _centered(planes: Array, mean: Array, part: Part) -> Array:
    """Scratch memory: x - mean."""
    values = planes[part]
    centered = scratch("batch norm", values.shape, values.dtype)
    return np.subtract(values, mean[part[1], None], out=centered)


def _over_batch(sums: Array, planes: Array) -> Array:
    """(N, C) sums of single images to (C,) means over all images and places."""
    with np.errstate(all="ignore"):
        mean: Array = sums.sum(axis=0) / max(1, planes.shape[0] * planes.shape[2])
    return mean

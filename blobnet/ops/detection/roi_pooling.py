"""Regions of images, each pooled to the same number of bins: the maximum of each, or the average.

x, dx           (N, C, height, width), or with depth before the height
images          (R,) int64: the image of each region
edges           (R, 2 * bins of all axes) int64: for each axis the first pixels of its bins, then
                the first behind them; where none is between, the bin is empty
y, dy, argmax   (R, C, bins along each axis)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import Scratch, launch, launch_over_values
from blobnet.ops.values import are_flat
from blobnet.ops.workspace import scratch
from blobnet.types import Array, IntArray, Shape

LOWEST = float(np.finfo(np.float32).min)
"""What a maximum must exceed."""

MOST_PIXELS = 2**24
"""Places up to here are whole numbers in float32."""


def equal_bins(first: IntArray, last: IntArray, bins: int, size: int, dtype: Any) -> IntArray:
    """The edges, (R, 2 * bins), of regions from one pixel to another, cut into equal bins.

    A bin takes in whatever pixel it touches; outside of range(size) there are none.
    """
    width = np.maximum(last - first + 1, 1).astype(dtype) / dtype(bins)
    numbers = np.arange(bins + 1).astype(dtype)
    starts = np.floor(numbers[:-1] * width[:, None])
    ends = np.ceil(numbers[1:] * width[:, None])
    edges = np.concatenate([starts, ends], 1).astype(np.int64) + first[:, None]
    return edges.clip(0, size)


def _with_depth(edges: IntArray, y: Array) -> IntArray:
    """Edges on three axes: where there are but two, all of a depth of 1."""
    if y.ndim == 5:
        return edges
    depth = np.broadcast_to(np.array([0, 1]), (len(edges), 2))
    return np.concatenate([depth, edges], 1)


def _maxima(
    kernels: Any, x: Array, images: IntArray, edges: IntArray, y: Array, argmax: Array
) -> Any:
    sizes, plane = _sizes(x, y), math.prod(x.shape[2:])
    if not y.size or not plane or plane >= MOST_PIXELS or not are_flat(x, y, argmax):
        return NotImplemented
    num, channels = x.shape[:2]
    blocks = -(-channels // kernels.BLOCK)
    packed = scratch("packed channels", (num * blocks * plane * kernels.BLOCK,), x.dtype)
    arguments = channels, plane, x.reshape(-1), packed
    launch_over_values(kernels.pack, num * blocks, arguments, plane * kernels.BLOCK)
    found = Scratch("maxima of bins", 2 * kernels.BLOCK * math.prod(y.shape[2:]), x.dtype)
    pooled = (
        sizes, packed, images, _with_depth(edges, y).reshape(-1), x.dtype.type(LOWEST), found,
        y.reshape(-1), argmax.reshape(-1),
    )  # fmt: skip
    items = len(images) * blocks
    launch(kernels.maxima, items, pooled, products=4 * y.size, together=blocks)
    return None


@compiled_by("detection.roi_pooling_kernel", _maxima)
def maxima(x: Array, images: IntArray, edges: IntArray, y: Array, argmax: Array) -> None:
    """y = the maximum of each bin, `argmax` = 1 + where it is in its plane: the first of equals.

    An empty bin has maximum 0. Where nothing exceeds -FLT_MAX, as NaN does not, that is the
    maximum. In both argmax is 0.
    """
    plane = np.arange(math.prod(x.shape[2:])).reshape(x.shape[2:])
    for at, cut in _bins(edges, y.shape[2:]):
        pixels = x[images[at[0]]][at[1:2] + cut].reshape(x.shape[1], -1)
        if not pixels.shape[1]:
            y[at] = argmax[at] = 0
            continue
        pixels = np.where(pixels > LOWEST, pixels, x.dtype.type(LOWEST))
        places = pixels.argmax(1)
        best = y[at] = np.take_along_axis(pixels, places[:, None], 1)[:, 0]
        argmax[at] = np.where(best > LOWEST, plane[cut].reshape(-1)[places] + 1, 0)


def _maxima_backward(kernels: Any, dy: Array, argmax: Array, images: IntArray, dx: Array) -> Any:
    if not dx.size or not are_flat(dx, dy, argmax):
        return NotImplemented
    num, channels = dx.shape[:2]
    plane, bins = math.prod(dx.shape[2:]), math.prod(dy.shape[2:])
    flat = images, dy.reshape(-1), argmax.reshape(-1), dx.reshape(-1)
    width = num * plane + len(images) * bins
    launch_over_values(
        kernels.maxima_backward, channels, (channels, num, plane, bins, *flat), width
    )
    return None


@compiled_by("detection.roi_pooling_kernel", _maxima_backward)
def maxima_backward(dy: Array, argmax: Array, images: IntArray, dx: Array) -> None:
    """dx = the sum of `dy` over the bins whose maximum each value is."""
    dx[...] = 0
    flat = dx.reshape(*dx.shape[:2], -1)
    channels = np.arange(dx.shape[1])[:, None]
    for region, image in enumerate(images):
        places = argmax[region].reshape(dx.shape[1], -1).astype(np.int64)
        shares = np.where(places > 0, dy[region].reshape(places.shape), 0)
        np.add.at(flat[image], (channels, np.maximum(places - 1, 0)), shares)


def _averages(kernels: Any, x: Array, images: IntArray, edges: IntArray, y: Array) -> Any:
    if not y.size or not x.size or not are_flat(x, y):
        return NotImplemented
    plane, bins = math.prod(x.shape[2:]), math.prod(y.shape[2:])
    packed = scratch("packed bins", (x.size + kernels.LANES,), x.dtype)
    arguments = y.shape[1], bins, plane, x.reshape(-1), packed
    launch_over_values(kernels.pack_by_bin, len(x) * bins, arguments, y.shape[1] * plane)
    found = Scratch("averages of bins", math.prod(y.shape[1:]) + kernels.LANES, x.dtype)
    pooled = _sizes(x, y), packed, images, edges.reshape(-1), found, y.reshape(-1)
    launch(kernels.averages, len(images), pooled, products=16 * y.size)
    return None


@compiled_by("detection.roi_pooling_kernel", _averages)
def averages(x: Array, images: IntArray, edges: IntArray, y: Array) -> None:
    """y = the average of each bin, 0 where it is empty.

    Each bin looks at channels of its own: x has (outputs, bins down, bins across) of them.
    """
    maps = x.reshape(len(x), *y.shape[1:], *x.shape[2:])
    for at, cut in _bins(edges, y.shape[2:]):
        pixels = maps[images[at[0]]][at[1:] + cut].reshape(y.shape[1], -1)
        count = pixels.shape[1]
        # one after the other, as kernels add
        y[at] = pixels.cumsum(1)[:, -1] / x.dtype.type(count) if count else 0


def _averages_backward(
    kernels: Any, dy: Array, images: IntArray, edges: IntArray, dx: Array
) -> Any:
    if not dx.size or not are_flat(dx, dy):
        return NotImplemented
    num, channels = dx.shape[:2]
    flat = dy.reshape(-1), images, edges.reshape(-1), dx.reshape(-1)
    width = math.prod(dx.shape[2:]) * num + 16 * len(images)
    arguments = _sizes(dx, dy), num, *flat
    launch_over_values(kernels.averages_backward, channels, arguments, width)
    return None


@compiled_by("detection.roi_pooling_kernel", _averages_backward)
def averages_backward(dy: Array, images: IntArray, edges: IntArray, dx: Array) -> None:
    """dx = the sum of `dy` / the size of the bin over the bins that hold each value."""
    dx[...] = 0
    maps = dx.reshape(len(dx), *dy.shape[1:], *dx.shape[2:])
    for at, cut in _bins(edges, dy.shape[2:]):
        pixels = maps[images[at[0]]][at[1:] + cut]
        size = math.prod(pixels.shape[1:])
        if size:
            share = dy[at] / dy.dtype.type(size)
            pixels += share.reshape(-1, *[1] * len(cut))


def _sizes(x: Array, y: Array) -> tuple[int, ...]:
    """The channels, the image and the bins, in three dimensions."""
    image, bins = x.shape[2:], y.shape[2:]
    return (x.shape[1], *(1,) * (3 - len(image)), *image, *(1,) * (3 - len(bins)), *bins)


def _bins(edges: IntArray, bins: Shape) -> Iterator[tuple[tuple[Any, ...], tuple[slice, ...]]]:
    """Each bin: where it is in y, for all channels; and its pixels."""
    ends = np.cumsum([2 * count for count in bins])
    for region in range(len(edges)):
        axes = np.split(edges[region], ends[:-1])
        for index in np.ndindex(*bins):
            firsts = [int(axis[i]) for axis, i in zip(axes, index, strict=True)]
            lasts = [int(axis[len(axis) // 2 + i]) for axis, i in zip(axes, index, strict=True)]
            yield (region, slice(None), *index), tuple(map(slice, firsts, lasts))

"""Regions of images, sampled between pixels in so many rows and columns; and the gradients.

x, dx   (N, C, height, width)
images  (R,) int64: the image of each region
y, dy   (R, C, rows, columns): the samples
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import Scratch, launch, launch_over_values
from blobnet.ops.values import are_flat
from blobnet.ops.workspace import scratch
from blobnet.types import Array, IntArray


class Axis(NamedTuple):
    """Where the samples of all regions are along one axis, each (R, samples).

    low, high                 the pixels on both sides; both are the last one at the end
    low_weight, high_weight   their shares; 0 where there is nothing
    """

    low: IntArray
    high: IntArray
    low_weight: Array
    high_weight: Array

    @property
    def flat(self) -> tuple[Array, ...]:
        return tuple(array.reshape(-1) for array in map(np.ascontiguousarray, self))

    def of(self, region: int) -> Axis:
        return Axis(*(array[region] for array in self))


def _samples(kernels: Any, x: Array, images: IntArray, rows: Axis, columns: Axis, y: Array) -> Any:
    if not y.size or not x.size or not are_flat(x, y):
        return NotImplemented
    pooling: Any = kernels.pooling
    num, channels, height, width = x.shape
    blocks, plane = -(-channels // pooling.BLOCK), height * width
    packed = scratch("packed channels", (num * blocks * plane * pooling.BLOCK,), x.dtype)
    arguments = channels, plane, x.reshape(-1), packed
    launch_over_values(pooling.pack, num * blocks, arguments, plane * pooling.BLOCK)
    found = Scratch("samples of a region", pooling.BLOCK * math.prod(y.shape[2:]), x.dtype)
    sampled = (*x.shape[1:], *y.shape[2:]), packed, images, rows.flat, columns.flat, found
    items = len(images) * blocks
    launch(kernels.samples, items, (*sampled, y.reshape(-1)), products=4 * y.size, together=blocks)
    return None


@compiled_by("detection.roi_warping_kernel", _samples)
def samples(x: Array, images: IntArray, rows: Axis, columns: Axis, y: Array) -> None:
    """y = the samples, mixed from the four pixels around each."""
    for region, image in enumerate(images):
        r, c = rows.of(region), columns.of(region)
        above, below = x[image][:, r.low], x[image][:, r.high]
        y[region] = above[..., c.low] * (r.low_weight[:, None] * c.low_weight)
        y[region] += above[..., c.high] * (r.low_weight[:, None] * c.high_weight)
        y[region] += below[..., c.low] * (r.high_weight[:, None] * c.low_weight)
        y[region] += below[..., c.high] * (r.high_weight[:, None] * c.high_weight)


def _samples_backward(
    kernels: Any, dy: Array, images: IntArray, rows: Axis, columns: Axis, dx: Array
) -> Any:
    if not dx.size or not are_flat(dx, dy):
        return NotImplemented
    num, channels, height, width = dx.shape
    sizes = *dx.shape[1:], *dy.shape[2:]
    arguments = sizes, num, dy.reshape(-1), images, rows.flat, columns.flat, dx.reshape(-1)
    values = num * height * width + 4 * len(images) * math.prod(dy.shape[2:])
    launch_over_values(kernels.samples_backward, channels, arguments, values)
    return None


@compiled_by("detection.roi_warping_kernel", _samples_backward)
def samples_backward(dy: Array, images: IntArray, rows: Axis, columns: Axis, dx: Array) -> None:
    """dx = the sum of `dy` times the weight that each pixel has in a sample."""
    dx[...] = 0
    for region, image in enumerate(images):
        down, across = (
            _shares(axis.of(region), size)
            for axis, size in ((rows, dx.shape[2]), (columns, dx.shape[3]))
        )
        dx[image] += down.T @ dy[region] @ across


def _slopes(
    kernels: Any, x: Array, dy: Array, images: IntArray, rows: Axis, columns: Axis,
    far_down: Array, far_across: Array, found: Array,
) -> Any:  # fmt: skip
    if not x.size or not dy.size or not are_flat(x, dy, far_down, far_across, found):
        return NotImplemented
    sizes = *x.shape[1:], *dy.shape[2:]
    arguments = (
        sizes, x.reshape(-1), dy.reshape(-1), images, rows.flat, columns.flat,
        far_down.reshape(-1), far_across.reshape(-1), found.reshape(-1),
    )  # fmt: skip
    launch_over_values(kernels.slopes, len(images), arguments, 8 * math.prod(dy.shape[1:]))
    return None


@compiled_by("detection.roi_warping_kernel", _slopes)
def slopes(
    x: Array, dy: Array, images: IntArray, rows: Axis, columns: Axis, far_down: Array,
    far_across: Array, found: Array,
) -> None:  # fmt: skip
    """found = how the sum of dy * y changes with x1, y1, x2, y2 of each region, (R, 4).

    far_down, far_across  how far into its region each sample is, of 1: as much of its slope is of
                          the second corner, the rest of the first

    A sample at the last row or column has no slope.
    """
    for region, image in enumerate(images):
        r, c = rows.of(region), columns.of(region)
        has_slope = (r.low != r.high)[:, None] & (c.low != c.high)
        its = np.where(has_slope, dy[region], 0)
        above, below = x[image][:, r.low], x[image][:, r.high]
        gx = (above[..., c.high] - above[..., c.low]) * r.low_weight[:, None]
        gx += (below[..., c.high] - below[..., c.low]) * r.high_weight[:, None]
        gy = (below - above)[..., c.low] * c.low_weight + (below - above)[
            ..., c.high
        ] * c.high_weight
        gx, gy = (np.where(its == 0, 0, slope * its) for slope in (gx, gy))
        x2, y2 = gx * far_across[region], gy * far_down[region][:, None]
        found[region] = [one.sum() for one in (gx - x2, gy - y2, x2, y2)]


def _shares(axis: Axis, size: int) -> Array:
    """How much of each sample is of each pixel: (samples, size)."""
    found = np.zeros((len(axis.low), size), axis.low_weight.dtype)
    numbers = np.arange(len(axis.low))
    np.add.at(found, (numbers, axis.low), axis.low_weight)
    np.add.at(found, (numbers, axis.high), axis.high_weight)
    return found

"""Regions of images at one size, by interpolation: the operations of `roi_warping.py`.

All arrays are flat. `sizes` are the numbers of channels, rows and columns of an image, then those
of samples down and across a region. An `Axis` holds, for each region, the pixels on both sides of
each sample and the weights of both.
"""

from __future__ import annotations

from blobnet.ops.detection import roi_pooling_kernel as pooling
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.vector import load, store
from blobnet.types import Array

Sizes = tuple[int, int, int, int, int]
Axis = tuple[Array, Array, Array, Array]


@exact_kernel
def samples(
    begin: int, end: int, sizes: Sizes, packed: Array, images: Array, rows: Axis, columns: Axis,
    found: Array, y: Array,
) -> None:  # fmt: skip
    """y = the samples of each region. An item is a region's block of channels.

    packed  the images, as `roi_pooling_kernel.pack` has made them
    found   scratch memory for the samples of a block
    """
    channels, height, width, down, across = sizes
    blocks, bins = (channels + pooling.BLOCK - 1) // pooling.BLOCK, down * across
    above, below, upper, lower = rows
    left, right, first, last = columns
    for item in range(begin, end):
        region, channel = item // blocks, item % blocks * pooling.BLOCK
        image = (images[region] * blocks + item % blocks) * height * width * pooling.BLOCK
        for i in range(bins):
            p, q = region * down + i // across, region * across + i % across
            a, b = (
                image + above[p] * width * pooling.BLOCK,
                image + below[p] * width * pooling.BLOCK,
            )
            c, d = left[q] * pooling.BLOCK, right[q] * pooling.BLOCK
            for k in range(0, pooling.BLOCK, LANES):
                v = load(packed, a + c + k) * (upper[p] * first[q])
                v = v + load(packed, a + d + k) * (upper[p] * last[q])
                v = v + load(packed, b + c + k) * (lower[p] * first[q])
                v = v + load(packed, b + d + k) * (lower[p] * last[q])
                store(v, found, i * pooling.BLOCK + k)
        for k in range(min(pooling.BLOCK, channels - channel)):
            to = (region * channels + channel + k) * bins
            for i in range(bins):
                y[to + i] = found[i * pooling.BLOCK + k]


@exact_kernel
def samples_backward(
    begin: int, end: int, sizes: Sizes, num: int, dy: Array, images: Array, rows: Axis,
    columns: Axis, dx: Array,
) -> None:  # fmt: skip
    """dx = the sum of `dy` times the weights of each pixel. An item is a channel of all images."""
    channels, height, width, down, across = sizes
    plane = height * width
    above, below, upper, lower = rows
    left, right, first, last = columns
    for c in range(begin, end):
        for n in range(num):
            dx[(n * channels + c) * plane : (n * channels + c + 1) * plane] = 0
        for region in range(len(images)):
            image = (images[region] * channels + c) * plane
            at = (region * channels + c) * down * across
            for p in range(region * down, (region + 1) * down):
                a, b = image + above[p] * width, image + below[p] * width
                for q in range(region * across, (region + 1) * across):
                    dx[a + left[q]] += upper[p] * first[q] * dy[at]
                    dx[a + right[q]] += upper[p] * last[q] * dy[at]
                    dx[b + left[q]] += lower[p] * first[q] * dy[at]
                    dx[b + right[q]] += lower[p] * last[q] * dy[at]
                    at += 1


@exact_kernel
def slopes(
    begin: int, end: int, sizes: Sizes, x: Array, dy: Array, images: Array, rows: Axis,
    columns: Axis, far_down: Array, far_across: Array, found: Array,
) -> None:  # fmt: skip
    """found = the four sums of `slopes` of each region, an item."""
    channels, height, width, down, across = sizes
    above, below, upper, lower = rows
    left, right, first, last = columns
    for region in range(begin, end):
        at = region * channels * down * across
        x1 = x2 = y1 = y2 = x.dtype.type(0)
        for c in range(channels):
            image = (images[region] * channels + c) * height * width
            for p in range(region * down, (region + 1) * down):
                a, b = image + above[p] * width, image + below[p] * width
                for q in range(region * across, (region + 1) * across):
                    here, right_of = x[a + left[q]], x[a + right[q]]
                    under, beyond = x[b + left[q]], x[b + right[q]]
                    g = dy[at]
                    at += 1
                    if a != b and left[q] != right[q] and g != 0:
                        gx = (upper[p] * (right_of - here) + lower[p] * (beyond - under)) * g
                        gy = (first[q] * (under - here) + last[q] * (beyond - right_of)) * g
                        x2 += far_across[q] * gx
                        x1 += gx - far_across[q] * gx
                        y2 += far_down[p] * gy
                        y1 += gy - far_down[p] * gy
        found[region * 4] = x1
        found[region * 4 + 1] = y1
        found[region * 4 + 2] = x2
        found[region * 4 + 3] = y2

"""Regions of images, pooled bin by bin: the operations of `ops/detection/roi_pooling.py`.

All arrays are flat. `sizes` are the numbers of channels, depths, rows and columns of an image,
then those of bins along each of the three axes.
"""

from __future__ import annotations

from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.ops.simd.vector import load, splat, store, transpose, where
from blobnet.types import Array

Sizes = tuple[int, int, int, int, int, int, int]
Ends = tuple[int, int]

BLOCK = 2 * LANES
"""Channels that are looked at together: two vectors, as one would wait for itself."""


@exact_kernel
def pack(begin: int, end: int, channels: int, plane: int, x: Array, packed: Array) -> None:
    """packed = x with the channels of a block side by side, an item; what is missing is 0."""
    blocks = (channels + BLOCK - 1) // BLOCK
    for item in range(begin, end):
        first = item % blocks * BLOCK
        its = packed[item * plane * BLOCK : (item + 1) * plane * BLOCK]
        for c in range(BLOCK):
            if first + c < channels:
                start = (item // blocks * channels + first + c) * plane
                row = x[start : start + plane]
                for i in range(plane):
                    its[i * BLOCK + c] = row[i]
            else:
                for i in range(plane):
                    its[i * BLOCK + c] = 0


@exact_kernel
def maxima(
    begin: int, end: int, sizes: Sizes, packed: Array, images: Array, edges: Array, lowest: float,
    found: Array, y: Array, argmax: Array,
) -> None:  # fmt: skip
    """The maximum of each bin, and 1 + where it is in its plane, 0 where none is above `lowest`.

    An item is a region's block of channels, as `pack` has made it.
    found  scratch memory: for each bin, a block of maxima and one of places
    """
    channels, depth, height, width, deep, down, across = sizes
    blocks, bins = (channels + BLOCK - 1) // BLOCK, deep * down * across
    for item in range(begin, end):
        region, first = item // blocks, item % blocks * BLOCK
        its = edges[region * 2 * (deep + down + across) :]
        rows, columns = its[2 * deep :], its[2 * (deep + down) :]
        image = (images[region] * blocks + item % blocks) * depth * height * width
        for i in range(bins):
            a, b, c = i // across // down, i // across % down, i % across
            d, h = (its[a], its[deep + a]), (rows[b], rows[down + b])
            w = columns[c], columns[across + c]
            is_empty = d[1] <= d[0] or h[1] <= h[0] or w[1] <= w[0]
            least = lowest - lowest if is_empty else lowest
            _block_maxima(packed, image, height, width, d, h, w, least, found, 2 * BLOCK * i)
        for c in range(min(BLOCK, channels - first)):
            to = (region * channels + first + c) * bins
            ys, places = y[to : to + bins], argmax[to : to + bins]
            for i in range(bins):
                ys[i] = found[i * 2 * BLOCK + c]
                places[i] = found[i * 2 * BLOCK + BLOCK + c]


@inlined
def _block_maxima(
    packed: Array, image: int, height: int, width: int, d: Ends, h: Ends, w: Ends, least: float,
    found: Array, at: int,
) -> None:  # fmt: skip
    """The maxima of a bin that exceed `least`, and 1 + where they are, for a block of channels."""
    best, other = splat(packed, least), splat(packed, least)
    place, other_place = splat(packed, 0), splat(packed, 0)
    for z in range(d[0], d[1]):
        for y in range(h[0], h[1]):
            line = (z * height + y) * width
            for pixel in range(line + w[0], line + w[1]):
                v = load(packed, (image + pixel) * BLOCK)
                is_larger = v > best
                best = where(is_larger, v, best)
                place = where(is_larger, pixel + 1, place)
                v = load(packed, (image + pixel) * BLOCK + LANES)
                is_larger = v > other
                other = where(is_larger, v, other)
                other_place = where(is_larger, pixel + 1, other_place)
    store(best, found, at)
    store(other, found, at + LANES)
    store(place, found, at + BLOCK)
    store(other_place, found, at + BLOCK + LANES)


@exact_kernel
def maxima_backward(
    begin: int, end: int, channels: int, num: int, plane: int, bins: int, images: Array,
    dy: Array, argmax: Array, dx: Array,
) -> None:  # fmt: skip
    """dx = the sum of `dy` over the bins whose maximum each value is, region by region.

    An item is a channel of all images.
    """
    for c in range(begin, end):
        for n in range(num):
            dx[(n * channels + c) * plane : (n * channels + c + 1) * plane] = 0
        for region in range(len(images)):
            to = (images[region] * channels + c) * plane
            first = (region * channels + c) * bins
            for i in range(first, first + bins):
                place = int(argmax[i])
                if place:
                    dx[to + place - 1] += dy[i]


@exact_kernel
def pack_by_bin(
    begin: int, end: int, outputs: int, bins: int, plane: int, x: Array, packed: Array
) -> None:
    """packed = x with the channels of a bin side by side, by image, bin and pixel.

    An item is a bin of an image.
    """
    step = bins * plane
    for item in range(begin, end):
        at, to = (item // bins * outputs * bins + item % bins) * plane, item * plane * outputs
        if outputs >= LANES and plane >= LANES:
            for p in range(0, plane, LANES):
                pixel = min(p, plane - LANES)
                for o in range(0, outputs, LANES):
                    first = min(o, outputs - LANES)
                    transpose(
                        x, at + first * step + pixel, step, packed, to + pixel * outputs + first,
                        outputs,
                    )  # fmt: skip
        else:
            for o in range(outputs):
                for pixel in range(plane):
                    packed[to + pixel * outputs + o] = x[at + o * step + pixel]


@exact_kernel
def averages(
    begin: int, end: int, sizes: Sizes, packed: Array, images: Array, edges: Array, found: Array,
    y: Array,
) -> None:  # fmt: skip
    """y = the average of each bin in the channels of its own; 0 where it is empty.

    An item is a region.
    found  scratch memory: the averages by bin
    """
    channels, _, height, width, _, down, across = sizes
    bins = down * across
    outputs = channels // bins
    for region in range(begin, end):
        rows = edges[region * 2 * (down + across) :]
        columns = rows[2 * down :]
        for i in range(bins):
            b, a = i // across, i % across
            h, w = (rows[b], rows[down + b]), (columns[a], columns[across + a])
            image = (images[region] * bins + i) * height * width
            for o in range(0, outputs, 2 * LANES):
                last = max(outputs - LANES, 0)
                pair = min(o, last), min(o + LANES, last)
                _block_averages(packed, image, width, outputs, h, w, pair, found, i * outputs)
        for o in range(outputs):
            for i in range(bins):
                y[(region * outputs + o) * bins + i] = found[i * outputs + o]


@inlined
def _block_averages(
    packed: Array, image: int, width: int, outputs: int, h: Ends, w: Ends, pair: Ends,
    found: Array, at: int,
) -> None:  # fmt: skip
    """The averages of a bin in the outputs of two vectors: one would wait for itself."""
    one, other = splat(packed, 0), splat(packed, 0)
    for y in range(h[0], h[1]):
        for pixel in range(image + y * width + w[0], image + y * width + w[1]):
            one = one + load(packed, pixel * outputs + pair[0])
            other = other + load(packed, pixel * outputs + pair[1])
    area = max(max(h[1] - h[0], 0) * max(w[1] - w[0], 0), 1)
    store(one / area, found, at + pair[0])
    store(other / area, found, at + pair[1])


@exact_kernel
def averages_backward(
    begin: int, end: int, sizes: Sizes, num: int, dy: Array, images: Array, edges: Array, dx: Array
) -> None:
    """dx = the sum of `dy` / the size of the bin over the bins that hold each value, by channel."""
    channels, _, height, width, _, down, across = sizes
    plane = height * width
    for c in range(begin, end):
        b, a = c // across % down, c % across
        for n in range(num):
            dx[(n * channels + c) * plane : (n * channels + c + 1) * plane] = 0
        for region in range(len(images)):
            rows = edges[region * 2 * (down + across) :]
            columns = rows[2 * down :]
            h0, h1, w0, w1 = rows[b], rows[down + b], columns[a], columns[across + a]
            if h1 > h0 and w1 > w0:
                share = dy[region * channels + c] / dx.dtype.type((h1 - h0) * (w1 - w0))
                for h in range(h0, h1):
                    line = (images[region] * channels + c) * plane + h * width
                    for w in range(line + w0, line + w1):
                        dx[w] += share

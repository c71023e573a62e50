"""Images read between their pixels: `sampling.py` says what each array is. All of them are flat."""

from __future__ import annotations

from blobnet.ops.simd.kernel import exact_kernel, inlined
from blobnet.types import Array, IntArray

PIECE = 2**10
"""Places that an item of `slopes` has."""


@exact_kernel
def sample(
    begin: int,
    end: int,
    x: Array,
    area: int,
    pixels: IntArray,
    weight: Array,
    places: int,
    per_group: int,
    y: Array,
) -> None:
    """y = sum of weight * x[pixels] over four pixels; an item is a channel."""
    for channel in range(begin, end):
        first = channel // per_group * 4 * places
        plane = x[channel * area : (channel + 1) * area]
        seen = y[channel * places : (channel + 1) * places]
        i0, i1, i2, i3 = _four(pixels, first, places)
        w0, w1, w2, w3 = _four(weight, first, places)
        for p in range(len(seen)):
            total = w0[p] * plane[i0[p]] + w1[p] * plane[i1[p]]
            seen[p] = total + w2[p] * plane[i2[p]] + w3[p] * plane[i3[p]]


@exact_kernel
def spread(
    begin: int,
    end: int,
    dy: Array,
    area: int,
    pixels: IntArray,
    weight: Array,
    places: int,
    per_group: int,
    dx: Array,
) -> None:
    """dx[pixels] += weight * dy, from 0 on; an item is a channel."""
    for channel in range(begin, end):
        first = channel // per_group * 4 * places
        plane = dx[channel * area : (channel + 1) * area]
        seen = dy[channel * places : (channel + 1) * places]
        i0, i1, i2, i3 = _four(pixels, first, places)
        w0, w1, w2, w3 = _four(weight, first, places)
        for i in range(area):
            plane[i] = 0
        for p in range(places):
            plane[i0[p]] += w0[p] * seen[p]
            plane[i1[p]] += w1[p] * seen[p]
            plane[i2[p]] += w2[p] * seen[p]
            plane[i3[p]] += w3[p] * seen[p]


@exact_kernel
def slopes(
    begin: int,
    end: int,
    x: Array,
    area: int,
    pixels: IntArray,
    slope: Array,
    places: int,
    per_group: int,
    dy: Array,
    dposition: Array,
) -> None:
    """dposition = sum of dy * slope * x[pixels] over the channels; an item is a piece of places."""
    pieces = -(-places // PIECE)
    for item in range(begin, end):
        group, piece = divmod(item, pieces)
        low = piece * PIECE
        count = min(PIECE, places - low)
        target = dposition[group * places + low : group * places + low + count]
        i0, i1, i2, i3 = _four(pixels, group * 4 * places + low, places)
        s0, s1, s2, s3 = _four(slope, group * 4 * places + low, places)
        for p in range(count):
            target[p] = 0
        for channel in range(group * per_group, (group + 1) * per_group):
            plane = x[channel * area : (channel + 1) * area]
            seen = dy[channel * places + low : channel * places + low + count]
            for p in range(count):
                total = s0[p] * plane[i0[p]] + s1[p] * plane[i1[p]]
                target[p] += seen[p] * (total + s2[p] * plane[i2[p]] + s3[p] * plane[i3[p]])


@inlined
def _four(array: Array, first: int, places: int) -> tuple[Array, Array, Array, Array]:
    """What an array has of each of the four pixels, from a place on."""
    second, third, fourth = first + places, first + 2 * places, first + 3 * places
    return array[first:], array[second:], array[third:], array[fourth:]

"""Images read between their pixels: `sampling.py` says what each array is. All of them are flat."""

from __future__ import annotations

from blobnet.ops.simd.kernel import exact_kernel
from blobnet.types import Array, IntArray

PIECE = 2**10
"""Places that an item of `slopes` has."""


@exact_kernel
def sample(
    begin: int,
    end: int,
    x: Array,
    area: int,
    index: IntArray,
    weight: Array,
    places: int,
    per_group: int,
    y: Array,
) -> None:
    """y = sum of weight * x[index] over four pixels; an item is a channel."""
    for channel in range(begin, end):
        first = channel // per_group * 4 * places
        plane = x[channel * area : (channel + 1) * area]
        seen = y[channel * places : (channel + 1) * places]
        for p in range(places):
            at = first + p
            total = weight[at] * plane[index[at]]
            for _ in range(3):
                at += places
                total += weight[at] * plane[index[at]]
            seen[p] = total


@exact_kernel
def spread(
    begin: int,
    end: int,
    dy: Array,
    area: int,
    index: IntArray,
    weight: Array,
    places: int,
    per_group: int,
    dx: Array,
) -> None:
    """dx[index] += weight * dy, from 0 on; an item is a channel."""
    for channel in range(begin, end):
        first = channel // per_group * 4 * places
        plane = dx[channel * area : (channel + 1) * area]
        seen = dy[channel * places : (channel + 1) * places]
        for i in range(area):
            plane[i] = 0
        for p in range(places):
            at = first + p
            for _ in range(4):
                plane[index[at]] += weight[at] * seen[p]
                at += places


@exact_kernel
def slopes(
    begin: int,
    end: int,
    x: Array,
    area: int,
    index: IntArray,
    slope: Array,
    places: int,
    per_group: int,
    dy: Array,
    dposition: Array,
) -> None:
    """dposition = sum of dy * slope * x[index] over the channels; an item is a piece of places."""
    pieces = -(-places // PIECE)
    for item in range(begin, end):
        group, piece = divmod(item, pieces)
        low, high = piece * PIECE, min((piece + 1) * PIECE, places)
        target = dposition[group * places : (group + 1) * places]
        for p in range(low, high):
            target[p] = 0
        for channel in range(group * per_group, (group + 1) * per_group):
            plane = x[channel * area : (channel + 1) * area]
            seen = dy[channel * places : (channel + 1) * places]
            for p in range(low, high):
                at = group * 4 * places + p
                total = slope[at] * plane[index[at]]
                for _ in range(3):
                    at += places
                    total += slope[at] * plane[index[at]]
                target[p] += seen[p] * total

"""How much boxes overlap, and which stay where many do: the operations of `ops/detection/boxes.py`.

Boxes lie side by side: rows of x1, y1, x2, y2 and area, each `pitch` values long, one behind the
other in a flat array.
"""

from __future__ import annotations

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import (
    load,
    maximum,
    minimum,
    splat,
    store,
    sum_of_lanes,
    where,
)
from blobnet.types import Array, IntArray


@exact_kernel
def overlaps(
    begin: int, end: int, a: Array, a_pitch: int, b: Array, b_pitch: int, count: int,
    border: float, found: Array,
) -> None:  # fmt: skip
    """found = the overlap of each box of `a`, an item, with the first `count` boxes of `b`."""
    for i in range(begin, end):
        row = i * count
        for j in range(0, count, LANES):
            store(_overlap(b, b_pitch, j, a, a_pitch, i, border), found, row + j, row + count)


@exact_kernel
def choose(
    boxes: Array, pitch: int, count: int, border: float, limits: Array, kept: Array, chosen: Array
) -> int:
    """How many of `count` boxes stay, at most as many as `chosen` has room for; it says which.

    limits  by how many have stayed: the largest overlap of a further one; the last goes on
    kept    scratch memory as large as `boxes`, full of boxes that overlap with nothing
    """
    found = 0
    for j in range(count):
        if found == len(chosen):
            break
        limit, stays = limits[min(found, len(limits) - 1)], True
        for k in range(0, found, LANES):
            if _lanes_above(limit, kept, pitch, k, boxes, j, border) > 0:
                stays = False
                break
        if stays:
            for row in range(5):
                kept[row * pitch + found] = boxes[row * pitch + j]
            chosen[found] = j
            found += 1
    return found


@exact_kernel
def choose_in_groups(
    boxes: Array, pitch: int, counts: IntArray, border: float, limits: Array, kept: Array,
    kept_pitch: int, chosen: IntArray,
) -> int:  # fmt: skip
    """How many boxes stay in all groups, of so many boxes each; `chosen` says which.

    kept  scratch memory as large as `boxes`, and LANES boxes more, full of boxes that overlap with
          nothing
    """
    total, first = 0, 0
    for g in range(len(counts)):
        found = 0
        for j in range(first, first + counts[g]):
            limit, stays = limits[min(found, len(limits) - 1)], True
            for k in range(first, first + found, LANES):
                if _lanes_over(limit, kept, kept_pitch, k, boxes, pitch, j, border) > 0:
                    stays = False
                    break
            if stays:
                for row in range(5):
                    kept[row * kept_pitch + first + found] = boxes[row * pitch + j]
                chosen[total] = j
                total += 1
                found += 1
        first += counts[g]
    return total


@traced
def _lanes_above(
    limit: Value, kept: Flat, pitch: Value, k: Value, boxes: Flat, j: Value, border: Value
) -> Value:
    """How many of the boxes kept[k : k + LANES] overlap more with the box j."""
    lanes: Value = _lanes_over(limit, kept, pitch, k, boxes, pitch, j, border)
    return lanes


@traced
def _lanes_over(
    limit: Value, kept: Flat, pitch: Value, k: Value, boxes: Flat, box_pitch: Value, j: Value,
    border: Value,
) -> Value:  # fmt: skip
    """The same, where both have pitches of their own."""
    too_much = _overlap(kept, pitch, k, boxes, box_pitch, j, border) > limit
    lanes: Value = sum_of_lanes(where(too_much, splat(kept, 1), splat(kept, 0)))
    return lanes


@traced
def _overlap(
    many: Flat, pitch: Value, at: Value, boxes: Flat, box_pitch: Value, number: Value, border: Value
) -> Value:
    """Of each of the boxes many[at : at + LANES] with one box; 0 for what is no number."""
    x1, y1, x2, y2, area = (load(many, row * pitch + at) for row in range(5))
    left, top, right, bottom, its_area = (boxes[row * box_pitch + number] for row in range(5))
    width = minimum(x2, right) - maximum(x1, left) + border
    height = minimum(y2, bottom) - maximum(y1, top) + border
    common = width * height
    ratio = common / (area + its_area - common)
    nothing = splat(many, 0)
    ratio = where(width > 0, where(height > 0, ratio, nothing), nothing)
    found: Value = where(ratio > 0, ratio, nothing)
    return found

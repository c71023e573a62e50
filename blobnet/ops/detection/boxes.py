"""Boxes by their corners (x1, y1, x2, y2): how much they overlap, and which stay where many do.

The overlap of two boxes is the area that both have by the area that either has, 0 where they do
not meet. Where sides are counted in whole pixels, from the first to the last, they are longer by
a `border` of 1. A box that has a corner that is no number overlaps with nothing: it stays, and
has no other go. That is what comparisons give in C++, in most forks (SSD has it go, or not, by
which of two boxes it is); and so it is where an overlap is infinity by infinity.

All is rounded as the forks do it, to the boxes' number type after each operation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.detection.overlap import overlap, side_by_side
from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import launch_over_values
from blobnet.ops.simd.isa import LANES
from blobnet.types import Array, IntArray

ROWS = 2**16
"""Overlaps that numpy has in memory at a time."""


def _overlaps(kernels: Any, a: Array, b: Array, *, border: float) -> Any:
    found = np.empty((len(a), len(b)), a.dtype)
    if found.size:
        left, right = side_by_side(a, border), side_by_side(b, border)
        arguments = (
            left.reshape(-1), left.shape[1], right.reshape(-1), right.shape[1], len(b),
            a.dtype.type(border), found.reshape(-1),
        )  # fmt: skip
        launch_over_values(kernels.overlaps, len(a), arguments, 8 * len(b))
    return found


@compiled_by("detection.boxes_kernel", _overlaps)
def overlaps(a: Array, b: Array, *, border: float) -> Array:
    """The overlap of each of n boxes with each of m.

    a, b    (n, 4) and (m, 4), of one number type
    border  what sides are longer by than their ends are apart: 1 for whole pixels, else 0

    Returns (n, m).
    """
    found = np.empty((len(a), len(b)), a.dtype)
    step = max(1, ROWS // max(1, len(b)))
    columns = side_by_side(b, border)[:, None, : len(b)]
    for at in range(0, len(a), step):
        rows = a[at : at + step]
        these = side_by_side(rows, border)[:, : len(rows), None]
        found[at : at + step] = overlap(these, columns, border)
    return found


def nms(
    boxes: Array, threshold: float, *, border: float = 0, limit: int | None = None,
    eta: float = 1.0, drop_equal: bool = False,
) -> IntArray:  # fmt: skip
    """Non-maximum suppression: which boxes stay where many overlap, by their indices, ascending.

    One after the other, a box stays where none that has stayed overlaps with it too much.

    boxes       (n, 4), those with the highest score first
    threshold   the largest overlap that is not too much; the smallest that is, if `drop_equal`
    border      see `overlaps`
    limit       as soon as so many stay, no further box does
    eta         below 1, what a threshold above 0.5 is multiplied by after each box that stays

    A threshold is compared with its own precision: one that has been float32, as those of
    prototxts, should be given rounded so.
    """
    most = len(boxes) if limit is None else min(limit, len(boxes))
    if most < 1:
        return np.zeros(0, np.int64)
    dtype = boxes.dtype.type
    limits = _limits(threshold, dtype, most, eta, drop_equal)
    return _choose(boxes, dtype(border), limits, most)


def nms_in_groups(
    boxes: Array, counts: IntArray, threshold: float, *, eta: float = 1.0
) -> IntArray:
    """Which boxes stay where there are groups, one behind the other: see `nms` for each of them.

    counts  how many boxes each group has
    """
    if not len(boxes):
        return np.zeros(0, np.int64)
    dtype = boxes.dtype.type
    limits = _limits(threshold, dtype, int(counts.max()), eta, drop_equal=False)
    return _choose_in_groups(boxes, dtype(0), limits, counts)


def _choose_all_compiled(
    kernels: Any, boxes: Array, border: Any, limits: Array, counts: IntArray
) -> IntArray:
    rows = side_by_side(boxes, border)
    kept = np.empty((5, rows.shape[1] + LANES), rows.dtype)
    kept[:2], kept[2:4], kept[4] = np.inf, -np.inf, 0
    chosen = np.empty(len(boxes), np.int64)
    arguments = rows.reshape(-1), rows.shape[1], counts, border, limits, kept.reshape(-1)
    return chosen[: kernels.choose_in_groups(*arguments, kept.shape[1], chosen)]


@compiled_by("detection.boxes_kernel", _choose_all_compiled)
def _choose_in_groups(boxes: Array, border: Any, limits: Array, counts: IntArray) -> IntArray:
    found, first = [np.zeros(0, np.int64)], 0
    for count in counts.tolist():
        its = boxes[first : first + count]
        found.append(first + _choose(its, border, limits, count))
        first += count
    return np.concatenate(found)


def _choose_compiled(kernels: Any, boxes: Array, border: Any, limits: Array, most: int) -> IntArray:
    rows = side_by_side(boxes, border)
    kept = np.empty_like(rows)
    kept[:2], kept[2:4], kept[4] = np.inf, -np.inf, 0
    chosen = np.empty(most, np.int64)
    arguments = rows.reshape(-1), rows.shape[1], len(boxes), border, limits, kept.reshape(-1)
    return chosen[: kernels.choose(*arguments, chosen)]


@compiled_by("detection.boxes_kernel", _choose_compiled)
def _choose(boxes: Array, border: Any, limits: Array, most: int) -> IntArray:
    rows = side_by_side(boxes, border)[:, : len(boxes)]
    largest = np.zeros(len(boxes), boxes.dtype)  # overlap with any that has stayed
    largest[:] = -np.inf  # which is less than none, for a threshold below 0
    chosen: list[int] = []
    for j in range(len(boxes)):
        if len(chosen) == most:
            break
        if largest[j] <= limits[min(len(chosen), len(limits) - 1)]:
            chosen.append(j)
            behind = largest[j + 1 :]
            its = overlap(rows[:, j : j + 1], rows[:, j + 1 :], border)
            np.maximum(behind, its, out=behind)
    return np.array(chosen, np.int64)


def _limits(threshold: float, dtype: Any, most: int, eta: float, drop_equal: bool) -> Array:
    """By how many boxes have stayed: the largest overlap of a further one. The last goes on."""
    now = dtype(threshold)
    if drop_equal and float(now) < threshold:
        now = np.nextafter(now, dtype(np.inf))
    elif not drop_equal and float(now) > threshold:
        now = np.nextafter(now, dtype(-np.inf))
    thresholds = [now]
    while eta < 1 and now > dtype(0.5) and len(thresholds) <= most:
        now = now * dtype(eta)
        thresholds.append(now)
    limits = np.array(thresholds, dtype)
    return np.nextafter(limits, dtype(-np.inf)) if drop_equal else limits

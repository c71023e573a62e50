"""Which ground truth each box stands for, in training."""

from __future__ import annotations

import numpy as np

from blobnet.ops.detection.boxes import overlaps
from blobnet.types import Array, IntArray

UNMATCHED, IGNORED = -1, -2
LEAST = 1e-6
"""Overlaps up to this are none."""


def match_boxes(
    boxes: Array,
    truths: Array,
    threshold: float | None,
    *,
    ignore_crossing: bool = False,
) -> tuple[IntArray, Array]:
    """For each box the truth that it is matched with, and its largest overlap with any.

    boxes, truths    (P, 4) and (G, 4), of one number type
    threshold        None: each truth has one box at most, and each box one truth: the pairs with
                     the largest overlaps, one after the other. A number: then, too, each box that
                     is left has the truth that it overlaps with most, from so much on
    ignore_crossing  boxes that reach beyond 0 or 1 are IGNORED

    Of equal overlaps the first box comes first, then the first truth. Boxes without a match are
    UNMATCHED.
    """
    found = np.full(len(boxes), UNMATCHED, np.int64)
    if not len(truths):
        return found, np.zeros(len(boxes), boxes.dtype)
    common = overlaps(boxes, truths, border=0)
    common[common <= LEAST] = 0
    if ignore_crossing:
        crossing = ((boxes < 0) | (boxes > 1)).any(axis=1)
        found[crossing] = IGNORED
        common[crossing] = 0
    largest: Array = common.max(axis=1)
    _match_pairs(common.copy(), found)
    if threshold is not None:
        enough = (found == UNMATCHED) & (largest > 0) & (largest >= threshold)
        found[enough] = common[enough].argmax(axis=1)
    return found, largest


def _match_pairs(common: Array, found: IntArray) -> None:
    """Pairs of box and truth by falling overlap into `found`; what is taken overlaps no more."""
    best = common.argmax(axis=0)
    value = common[best, np.arange(len(best))]
    for _ in range(len(best)):
        largest = value.max()
        if largest <= 0:
            return
        columns = np.flatnonzero(value == largest)
        column = columns[np.argmin(best[columns])]
        row = best[column]
        found[row] = column
        common[row] = 0
        value[column] = -1
        for other in np.flatnonzero((best == row) & (value > 0)):
            best[other] = common[:, other].argmax()
            value[other] = common[best[other], other]

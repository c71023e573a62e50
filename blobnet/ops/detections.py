"""From all scores to the boxes that count: thresholds, non-maximum suppression, limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.ops.boxes import nms
from blobnet.types import Array, IntArray


class Limits(NamedTuple):
    """Which boxes count.

    score    those with a higher one
    top_k    so many of a class, before suppression; all, if negative
    overlap  the largest that is not too much
    eta      see `ops.boxes.nms`
    keep     so many of an image, behind it; all, if negative
    """

    score: float
    top_k: int
    overlap: float
    eta: float
    keep: int


def highest(scores: Array, threshold: float, limit: int) -> IntArray:
    """The indices of scores above a threshold, the highest first, at most `limit` unless negative.

    Of equal scores the first comes first.
    """
    chosen = np.flatnonzero(scores > threshold)
    if 0 <= limit < len(chosen):
        if limit == 0:
            return chosen[:0]
        values = scores[chosen]
        lowest = np.partition(values, len(values) - limit)[len(values) - limit]
        chosen = chosen[values >= lowest]
    order = np.argsort(-scores[chosen], kind="stable")
    found: IntArray = chosen[order if limit < 0 else order[:limit]]
    return found


def detect(
    scores: Array, boxes: Array, classes: Sequence[int], limits: Limits
) -> tuple[IntArray, IntArray]:
    """The detections of an image: their classes, ascending, and their boxes, by falling score.

    scores   (C, P)
    boxes    (1, P, 4) for all classes alike, or (C, P, 4)
    classes  those that count

    (SSD's own order of equal scores at the limit `keep` is that of an unstable sort; here the
    smaller class comes first.)
    """
    indices: list[IntArray] = []
    for label in classes:
        order = highest(scores[label], limits.score, limits.top_k)
        its = boxes[label if len(boxes) > 1 else 0]
        indices.append(order[nms(its[order], limits.overlap, eta=limits.eta)])
    found = np.repeat(np.array(classes, np.int64), [len(each) for each in indices])
    index = np.concatenate([np.zeros(0, np.int64), *indices])
    if 0 <= limits.keep < len(found):
        best = np.argsort(-scores[found, index], kind="stable")[: limits.keep]
        best.sort()
        found, index = found[best], index[best]
    return found, index

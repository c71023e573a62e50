"""From all scores to the boxes that count: thresholds, non-maximum suppression, limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from blobnet.ops.detection.boxes import nms_in_groups, overlaps
from blobnet.types import Array, IntArray


class Limits(NamedTuple):
    """Which boxes count.

    score    those with a higher one
    top_k    so many of a class, before suppression; all, if negative
    overlap  the largest that is not too much
    eta      see `ops.boxes.nms`
    keep     so many of an image, behind it; all, if negative
    theta    the width of DeepDetect's soft suppression; None: another box has no say in a score
    """

    score: float
    top_k: int
    overlap: float
    eta: float
    keep: int
    theta: float | None = None


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


def candidates(
    scores: Array, classes: Sequence[int], threshold: float, limit: int
) -> tuple[IntArray, IntArray]:
    """Scores above a threshold: their classes, ascending, and boxes, by falling score.

    scores   (P, C)
    classes  those that count
    limit    so many of a class, the highest; all, if negative

    Of equal scores the first comes first.
    """
    above = scores > threshold
    ignored = [label for label in range(scores.shape[1]) if label not in classes]
    above[:, ignored] = False
    index, label = np.divmod(np.flatnonzero(above), scores.shape[1])
    values = scores[index, label]
    if limit >= 0:
        counts = np.bincount(label, minlength=scores.shape[1])
        stays = np.ones(len(values), bool)
        for many in np.flatnonzero(counts > limit):
            its = np.flatnonzero(label == many)
            stays[its] = _are_highest(values[its], limit)
        index, label, values = index[stays], label[stays], values[stays]
    order = np.lexsort((-values, label))
    return label[order], index[order]


def _are_highest(values: Array, limit: int) -> Array:
    """Which are the highest, `limit` of them; of equal ones the first."""
    if limit == 0:
        return np.zeros(len(values), bool)
    lowest = np.partition(values, len(values) - limit)[len(values) - limit]
    found: Array = values > lowest
    equal = np.flatnonzero(values == lowest)
    found[equal[: limit - np.count_nonzero(found)]] = True
    return found


def _soft_nms(boxes: Array, scores: Array, limits: Limits) -> IntArray:
    """Which of n boxes stay, those with the highest score first, as in DeepDetect.

    Each comparison with a box that stays puts a box back with a lower score, and takes away the
    first in the queue, which then may be another one: so it is in its ApplySoftNMSFast.
    """
    queue = [(float(scores[i]), i) for i in range(len(boxes))]
    most, kept = limits.overlap, list[int]()
    while queue:
        score, index = queue[0]
        stays = True
        for common in overlaps(boxes[[index]], boxes[kept], border=0)[0].tolist():
            queue.append((score * math.exp(-common * common / (limits.theta or 1)), index))
            queue = sorted(queue[1:], key=lambda item: -item[0])
            stays = common <= most
            if not stays:
                break
        queue = queue[1:]
        if stays:
            kept.append(index)
            most = most * limits.eta if limits.eta < 1 and most > 0.5 else most
    return np.array(kept, np.int64)


def detect(
    scores: Array,
    boxes_of: Callable[[IntArray, IntArray], Array],
    classes: Sequence[int],
    limits: Limits,
) -> tuple[IntArray, IntArray, Array]:
    """The detections of an image: their classes, ascending, and their boxes, by falling score.

    scores    (P, C)
    boxes_of  gives boxes (n, 4), or with more behind, for classes and indices
    classes   those that count

    Returns the boxes themselves, too.

    (SSD's own order of equal scores at the limit `keep` is that of an unstable sort; here the
    smaller class comes first.)
    """
    label, index = candidates(scores, classes, limits.score, limits.top_k)
    boxes = boxes_of(label, index)
    counts = np.bincount(label, minlength=1)
    if limits.theta is None:
        kept = nms_in_groups(boxes[:, :4], counts, limits.overlap, eta=limits.eta)
    else:
        ends = np.cumsum(counts)
        groups = zip(np.split(boxes[:, :4], ends[:-1]), ends - counts, strict=True)
        its = [
            start + _soft_nms(box, scores[index, label][start:], limits) for box, start in groups
        ]
        kept = np.concatenate(its)
    if 0 <= limits.keep < len(kept):
        values = scores[index[kept], label[kept]]
        best = np.argsort(-values, kind="stable")[: limits.keep]
        best.sort()
        kept = kept[best]
    return label[kept], index[kept], boxes[kept]

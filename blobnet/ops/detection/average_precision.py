"""How good detections of a class are, as one number: the area under precision over recall."""

from __future__ import annotations

from typing import Final

import numpy as np

from blobnet.types import Array

AP_VERSIONS: Final = ("11point", "101point", "MaxIntegral", "Integral")
_POINTS = {"11point": 11, "101point": 101}
_EPS = np.float32(1e-6)
"""Steps of recall up to this are none."""


def average_precision(scores: Array, is_right: Array, positives: int, version: str) -> float:
    """The average precision of the detections of a class.

    scores     (n,)
    is_right   (n,)  of bool
    positives  how many there are to be found
    version    11point (VOC 2007): the mean, over the recalls 0, 0.1, ... 1, of the best precision
               from there on; 101point (COCO, of Cascade R-CNN's fork): the same of the recalls 0,
               0.01, ... 1; MaxIntegral (VOC 2012, ILSVRC): the area under the best precision
               from each recall on; Integral: the area under precision

    0 where there is nothing to find, or nothing found. All in float32, as SSD computes it.

    (SSD's 11point: where recall is large from the first detection on, the smaller recalls do not
    see what was found for the largest of them. So it is here.)
    """
    if not len(scores) or positives < 1:
        return 0.0
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(is_right[order], dtype=np.int64)
    found = np.arange(1, len(right) + 1)
    precision = right.astype(np.float32) / found.astype(np.float32)
    recall = right.astype(np.float32) / np.float32(positives)
    if version in _POINTS:
        return _at_points(precision, recall, _POINTS[version])
    if version == "MaxIntegral":
        best = np.maximum.accumulate(precision[::-1])[::-1]
        steps = np.abs(np.diff(recall))[::-1]
        area = _sum(np.where(steps > _EPS, best[:-1][::-1] * steps, 0))
        return float(np.float32(area + recall[0] * best[0]))
    steps = np.abs(np.diff(recall, prepend=np.float32(0)))
    return float(_sum(np.where(steps > _EPS, precision * steps, 0)))


def _at_points(precision: Array, recall: Array, points: int) -> float:
    best = np.zeros(points, np.float32)
    end = len(recall)  # detections from here on have been looked at
    exact = recall.astype(np.float64)
    for point in range(points - 1, -1, -1):
        below = np.flatnonzero(exact[:end] < point / (points - 1))
        start = int(below[-1]) + 1 if len(below) else 0
        best[point] = max(best[point], precision[start:end].max(initial=0))
        if len(below):
            end = start
            if point:
                best[point - 1] = best[point]
    return float(_sum(best[::-1] / np.float32(points)))


def _sum(values: Array) -> np.float32:
    """One after the other."""
    total: np.float32 = np.cumsum(values, dtype=np.float32)[-1] if len(values) else np.float32(0)
    return total

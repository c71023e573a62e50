"""Rectangles that are nearly the same become one: cv::groupRectangles of OpenCV."""

from __future__ import annotations

import numpy as np

from blobnet.types import Array, IntArray

_PAIRS = 2**20  # of rectangles that are compared at a time


def group_rectangles(rectangles: IntArray, threshold: int, eps: float) -> tuple[IntArray, IntArray]:
    """The means of groups of more than `threshold` rectangles, and how many each has.

    rectangles  (n, 4) x, y, width, height
    eps         by what part of their sides two of a group may differ

    Who is near to one of a group belongs to it. Groups stand in the order of their first. A group
    within a larger one is dropped if that has more than 3 and more than it, or it has less than 3
    itself. A threshold of 0 or less leaves all as it is.
    """
    if threshold <= 0 or not len(rectangles):
        return rectangles, np.ones(len(rectangles), np.int64)
    labels = _labels(rectangles, eps)
    counts = np.bincount(labels)
    sums = np.zeros((len(counts), 4), np.int64)
    np.add.at(sums, labels, rectangles)
    shares = np.float32(1) / counts.astype(np.float32)
    means = np.rint(sums.astype(np.float32) * shares[:, None]).astype(np.int64)
    large = counts > threshold
    means, counts = means[large], counts[large]
    stays = np.array([not _within_another(means, counts, i, eps) for i in range(len(means))], bool)
    return means[stays], counts[stays]


def _labels(rectangles: IntArray, eps: float) -> IntArray:
    """The number of each rectangle's group."""
    labels = np.full(len(rectangles), -1, np.int64)
    count = 0
    for first in range(len(rectangles)):
        if labels[first] >= 0:
            continue
        labels[first] = count
        newest = np.array([first])
        while len(newest):
            free = np.flatnonzero(labels < 0)
            step = max(1, _PAIRS // max(1, len(free)))
            near = np.zeros(len(free), bool)
            for at in range(0, len(newest), step):
                near |= _alike(rectangles[newest[at : at + step]], rectangles[free], eps)
            newest = free[near]
            labels[newest] = count
        count += 1
    return labels


def _alike(some: IntArray, others: IntArray, eps: float) -> Array:
    """Which of the others are nearly the same as one of some."""
    a, b = some[:, None], others[None]
    sides = np.minimum(a[..., 2:], b[..., 2:]).sum(axis=-1)
    delta = (eps * sides * 0.5)[..., None]
    begins = np.abs(a[..., :2] - b[..., :2])
    ends = np.abs(a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:])
    alike: Array = ((begins <= delta) & (ends <= delta)).all(axis=-1).any(axis=0)
    return alike


def _within_another(means: IntArray, counts: IntArray, index: int, eps: float) -> bool:
    one, count = means[index], counts[index]
    margin = np.rint(means[:, 2:] * eps).astype(np.int64)
    begins = (one[:2] >= means[:, :2] - margin).all(axis=1)
    ends = (one[:2] + one[2:] <= means[:, :2] + means[:, 2:] + margin).all(axis=1)
    more = (counts > np.maximum(3, count)) | (count < 3)
    more[index] = False
    return bool((begins & ends & more).any())

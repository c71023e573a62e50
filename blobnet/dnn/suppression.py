"""Which of many boxes stay: cv2.dnn's NMSBoxes, NMSBoxesBatched, NMSBoxesRotated, softNMSBoxes.

A box is (x, y, width, height). The overlap of two is the area that both have by the area that
either has, in double precision; two boxes without any area overlap wholly. OpenCV: nms.cpp,
nms.inl.hpp.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from blobnet.dnn.constants import SOFT_NMSMETHOD_SOFTNMS_GAUSSIAN, SOFT_NMSMETHOD_SOFTNMS_LINEAR
from blobnet.dnn.errors import error
from blobnet.errors import explain
from blobnet.ops.detection.rotated_overlap import rotated_overlaps
from blobnet.types import Array

Indices = Any
"""int32, one for each box that stays, the best first; () where none does, as cv2 has it."""

RotatedRect = tuple[Sequence[float], Sequence[float], float]
"""A cv::RotatedRect: (x, y) of the centre, (width, height), degrees clockwise."""


def NMSBoxes(
    bboxes: ArrayLike,
    scores: ArrayLike,
    score_threshold: float,
    nms_threshold: float,
    eta: float = 1.0,
    top_k: int = 0,
) -> Indices:
    """Indices of the boxes that stay: the best of each group of boxes that overlap.

    bboxes  (n, 4): x, y, width, height
    scores  (n,); only boxes above `score_threshold` are looked at, the best `top_k` where not 0
    nms_threshold  a box goes that overlaps more with one that stays; times `eta` after each that
            stays, as long as it is above 0.5

    Raises error where the numbers of boxes and scores differ or a threshold is below 0.
    """
    boxes = _boxes(bboxes)
    values = _scores(scores, boxes, score_threshold, nms_threshold)
    _check_eta("NMSBoxes", eta)
    return _suppressed(boxes, values, score_threshold, nms_threshold, eta, top_k)


def NMSBoxesRotated(
    bboxes: Sequence[RotatedRect],
    scores: ArrayLike,
    score_threshold: float,
    nms_threshold: float,
    eta: float = 1.0,
    top_k: int = 0,
) -> Indices:
    """As NMSBoxes, for turned boxes: ((x, y) of the centre, (width, height), degrees) each.

    A box wholly within another one overlaps with it by 1, as in OpenCV. Raises error as NMSBoxes
    does.
    """
    boxes = _rotated_boxes(bboxes)
    values = _scores(scores, boxes, score_threshold, nms_threshold)
    _check_eta("NMSBoxesRotated", eta)
    overlaps = rotated_overlaps
    return _suppressed(boxes, values, score_threshold, nms_threshold, eta, top_k, overlaps)


def NMSBoxesBatched(
    bboxes: ArrayLike,
    scores: ArrayLike,
    class_ids: ArrayLike,
    score_threshold: float,
    nms_threshold: float,
    eta: float = 1.0,
    top_k: int = 0,
) -> Indices:
    """As NMSBoxes, class by class: boxes of different `class_ids` (n,) do not suppress each other.

    Raises error as NMSBoxes does.
    """
    boxes = _boxes(bboxes)
    values = _scores(scores, boxes, score_threshold, nms_threshold)
    classes = np.asarray(class_ids).reshape(-1)
    if len(classes) != len(boxes):
        what = "NMSBoxesBatched: not one class for each box"
        raise error(explain(what, expected=len(boxes), got=len(classes)))
    if not len(boxes):
        return ()
    # each class in a place of its own: so the order is that of all scores, and so is top_k
    farthest = max(0.0, float((boxes[:, :2] + boxes[:, 2:]).max()))
    apart = boxes.copy()
    apart[:, :2] += (classes * (farthest + 1))[:, None]
    return _suppressed(apart, values, score_threshold, nms_threshold, eta, top_k)


def softNMSBoxes(
    bboxes: ArrayLike,
    scores: ArrayLike,
    score_threshold: float,
    nms_threshold: float,
    top_k: int = 0,
    sigma: float = 0.5,
    method: int = SOFT_NMSMETHOD_SOFTNMS_GAUSSIAN,
) -> tuple[Any, Indices]:
    """Boxes with scores that shrink the more a box overlaps with better ones.

    bboxes  (n, 4) whole numbers: x, y, width, height
    scores  (n,)
    method  SOFT_NMSMETHOD_SOFTNMS_GAUSSIAN: times exp(-overlap^2 / sigma), or ..._LINEAR: times
            1 - overlap where that is above `nms_threshold`
    top_k   at most so many; 0 for all whose score stays at least `score_threshold`

    Returns (updated scores float32, indices int32), in the order in which they are taken; () for
    both where there are none. Source: N. Bodla et al., Soft-NMS, 2017.
    """
    boxes = _boxes(bboxes)
    if boxes.size and np.asarray(bboxes).dtype.kind not in "iu":
        raise TypeError("Can't parse 'bboxes'. softNMSBoxes takes boxes of whole numbers")
    left = _scores(scores, boxes, score_threshold, nms_threshold).copy()
    if method not in (SOFT_NMSMETHOD_SOFTNMS_LINEAR, SOFT_NMSMETHOD_SOFTNMS_GAUSSIAN):
        raise error(explain("softNMSBoxes: unknown method", expected="1 or 2", got=method))
    waiting = np.arange(len(boxes))
    indices: list[int] = []
    updated: list[float] = []
    most = min(top_k, len(boxes)) if top_k else len(boxes)
    while len(indices) < most:
        best = waiting[int(left[waiting].argmax())]  # of equals the first
        if left[best] < np.float32(score_threshold):
            break
        indices.append(int(best))
        updated.append(left[best])
        waiting = waiting[waiting != best]
        overlap = _overlaps(boxes[best], boxes[waiting])
        if method == SOFT_NMSMETHOD_SOFTNMS_LINEAR:
            overlap[overlap <= np.float32(nms_threshold)] = 0
            left[waiting] *= 1 - overlap
        else:
            left[waiting] *= np.exp(-(overlap * overlap) / np.float32(sigma))
    if not indices:
        return (), ()
    return np.array(updated, np.float32), np.array(indices, np.int32)


def _suppressed(
    boxes: Array,
    scores: Array,
    score_threshold: float,
    nms_threshold: float,
    eta: float,
    top_k: int,
    overlaps: Callable[[Array, Array], Array] | None = None,
) -> Indices:
    """Take the boxes by their scores; each has to be far enough from all that stay."""
    candidates = np.flatnonzero(scores > np.float32(score_threshold))
    candidates = candidates[np.argsort(-scores[candidates], kind="stable")]
    if top_k > 0:
        candidates = candidates[:top_k]
    boxes = boxes[candidates]
    worst = np.zeros(len(boxes), np.float32)  # overlap with any that stays
    threshold, at, kept = np.float32(nms_threshold), 0, []
    while at < len(boxes):
        ahead = worst[at:] <= threshold
        step = int(ahead.argmax())
        if not ahead[step]:
            break
        at += step
        kept.append(candidates[at])
        overlap = (overlaps or _overlaps)(boxes[at], boxes[at + 1 :])
        np.maximum(worst[at + 1 :], overlap.astype(np.float32), out=worst[at + 1 :])
        at += 1
        if eta < 1 and threshold > 0.5:
            threshold *= np.float32(eta)
    return np.array(kept, np.int32) if kept else ()


def _overlaps(box: Array, others: Array) -> Array:
    """Of one box with each of the others, in float32, rounded as OpenCV rounds it."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[:2] + box[2:], others[:, :2] + others[:, 2:])
    sides = high - low
    both = np.where((sides > 0).all(1), sides[:, 0] * sides[:, 1], 0.0)
    areas = box[2] * box[3] + others[:, 2] * others[:, 3]
    nothing = areas <= np.finfo(np.float64).eps
    distance = 1 - both / np.where(nothing, 1, areas - both)
    distance[nothing] = 0
    result: Array = np.float32(1) - distance.astype(np.float32)
    return result


def _boxes(bboxes: ArrayLike) -> Array:
    """(n, 4) in float64. Raises TypeError where it is no list of boxes, as cv2 does."""
    try:
        boxes = np.asarray(bboxes, np.float64)
    except (TypeError, ValueError):  # rows of different lengths, or no numbers
        boxes = np.empty(1)
    if not boxes.size and boxes.ndim <= 2:
        return np.empty((0, 4))
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise TypeError("Can't parse 'bboxes'. Each is four numbers: x, y, width, height")
    return boxes


def _rotated_boxes(bboxes: Sequence[RotatedRect]) -> Array:
    """(n, 5) in float64, from cv2's tuples. Raises TypeError where one is something else."""
    try:
        rows = [(*centre, *size, angle) for centre, size, angle in bboxes]
        boxes = np.array(rows, np.float64) if rows else np.empty((0, 5))
    except (TypeError, ValueError):
        boxes = np.empty(1)
    if boxes.ndim != 2 or boxes.shape[1] != 5:
        what = "Each is ((x, y), (width, height), degrees), as cv2.minAreaRect gives it"
        raise TypeError(f"Can't parse 'bboxes'. {what}")
    return boxes


def _check_eta(who: str, eta: float) -> None:
    if not eta > 0:
        raise error(explain(f"{who}: eta is no factor", expected="above 0", got=eta))


def _scores(scores: ArrayLike, boxes: Array, score_threshold: float, nms_threshold: float) -> Array:
    values = np.asarray(scores, np.float32).reshape(-1)
    if len(values) != len(boxes):
        what = "not one score for each box"
        raise error(explain(what, expected=f"{len(boxes)} scores", got=len(values)))
    if score_threshold < 0 or nms_threshold < 0:
        got = f"score_threshold {score_threshold}, nms_threshold {nms_threshold}"
        raise error(explain("a threshold is negative", expected="0 or more", got=got))
    return values

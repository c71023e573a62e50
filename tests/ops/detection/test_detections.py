"""Which boxes count, by loops over all of them."""

import numpy as np
import pytest

from blobnet.ops.detection.boxes import overlaps
from blobnet.ops.detection.detections import Limits, detect, highest


@pytest.mark.parametrize("limit", [-1, 0, 1, 3, 5, 99])
@pytest.mark.parametrize("threshold", [-np.inf, 0.3, 2.0])
def test_highest_sorts_and_cuts(limit, threshold):
    scores = np.array([0.1, 0.5, 0.3, 0.5, 0.9, 0.5, 0.4], np.float32)
    order = sorted(range(7), key=lambda i: (-scores[i], i))
    expected = [i for i in order if scores[i] > np.float32(threshold)]
    found = highest(scores, threshold, limit).tolist()
    assert found == (expected if limit < 0 else expected[:limit])


def test_what_is_no_number_is_no_score():
    assert highest(np.array([np.nan, 1, np.nan], "f4"), -np.inf, 2).tolist() == [1]


def by_loops(scores, boxes, classes, limits):
    found = []
    for label in classes:
        its = boxes[label if len(boxes) > 1 else 0]
        common = overlaps(its, its, border=0)
        order = sorted(range(len(its)), key=lambda i: (-scores[label, i], i))
        order = [i for i in order if scores[label, i] > limits.score]
        kept = []
        for i in order if limits.top_k < 0 else order[: limits.top_k]:
            if all(common[i, j] <= np.float32(limits.overlap) for j in kept):
                kept.append(i)
        found += [(label, i) for i in kept]
    if 0 <= limits.keep < len(found):
        best = sorted(found, key=lambda each: -scores[each])[: limits.keep]
        found = [each for each in found if each in best]
    return found


@pytest.mark.parametrize("own_boxes", [False, True])
@pytest.mark.parametrize(
    "limits",
    [Limits(0.2, -1, 0.5, 1, -1), Limits(-1, 8, 0.3, 1, 5), Limits(0.5, 4, 0, 1, 0),
     Limits(3, -1, 0.5, 1, -1)],
)  # fmt: skip
def test_detections_are_those_of_loops(limits, own_boxes, rng):
    scores = rng.random((4, 30)).astype(np.float32)
    scores[:, 5:20:3] = scores[:, :5]  # equal ones, the first of which comes first
    corners = rng.random((4 if own_boxes else 1, 30, 2)) * 0.6
    boxes = np.concatenate((corners, corners + 0.3), axis=2).astype(np.float32)

    def boxes_of(label, index):
        return boxes[label if own_boxes else 0, index]

    label, index, found = detect(scores.T.copy(), boxes_of, [0, 2, 3], limits)
    np.testing.assert_array_equal(found, boxes_of(label, index))
    expected = by_loops(scores, boxes, [0, 2, 3], limits)
    assert list(zip(label.tolist(), index.tolist(), strict=True)) == expected


def soft_by_hand(boxes, scores, threshold, eta, theta):
    """DeepDetect's queue, step by step: the first is taken, whichever it is by then."""
    queue, kept = list(zip(scores, range(len(boxes)), strict=True)), []
    while queue:
        score, index = queue[0]
        stays = True
        for other in list(kept):
            a, b = boxes[index], boxes[other]
            sides = [min(a[2 + i], b[2 + i]) - max(a[i], b[i]) for i in (0, 1)]
            common = max(sides[0], 0) * max(sides[1], 0)
            areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
            share = common / (sum(areas) - common)
            queue.append((score * np.exp(-share * share / theta), index))
            queue.pop(0)
            queue.sort(key=lambda item: item[0], reverse=True)
            stays = share <= threshold
            if not stays:
                break
        if stays:
            kept.append(index)
            threshold *= eta if eta < 1 and threshold > 0.5 else 1
        queue.pop(0)
    return kept


@pytest.mark.parametrize(("threshold", "eta", "theta"), [(0.45, 1, 0.5), (0.8, 0.9, 0.1)])
def test_soft_suppression_is_that_of_deepdetect(threshold, eta, theta, rng):
    corners = rng.uniform(0, 0.7, (40, 2))
    boxes = np.hstack([corners, corners + rng.uniform(0.1, 0.4, (40, 2))])
    scores = np.zeros((40, 3))
    scores[:, 1:] = rng.uniform(size=(40, 2))
    found = {}
    for soft in (theta, None):
        limits = Limits(score=0.2, top_k=20, overlap=threshold, eta=eta, keep=-1, theta=soft)
        found[soft] = detect(scores, lambda label, index: boxes[index], (1, 2), limits)
    expected = []
    for label in (1, 2):
        order = [i for i in np.argsort(-scores[:, label]) if scores[i, label] > 0.2][:20]
        kept = soft_by_hand(boxes[order], scores[order, label], threshold, eta, theta)
        expected += [(label, order[i]) for i in kept]
    assert list(zip(*map(list, found[theta][:2]), strict=True)) == expected
    assert len(found[theta][0]) != len(found[None][0])

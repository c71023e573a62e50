"""Boxes and truths: by plain loops, which look at all pairs again and again."""

import numpy as np
import pytest

from blobnet.ops.detection.box_matching import IGNORED, UNMATCHED, match_boxes
from blobnet.ops.detection.boxes import overlaps


def boxes_of(rng, number, smallest=0.05):
    centres, sizes = rng.random((number, 2)), rng.uniform(smallest, 0.5, (number, 2))
    return np.concatenate((centres - sizes / 2, centres + sizes / 2), axis=1).astype(np.float32)


def by_loops(boxes, truths, threshold, ignore_crossing):
    common = overlaps(boxes, truths, border=0)
    found = [UNMATCHED] * len(boxes)
    for i, box in enumerate(boxes):
        if ignore_crossing and any(side < 0 or side > 1 for side in box):
            found[i], common[i] = IGNORED, 0
    left = list(range(len(truths)))
    while left:
        pairs = [(common[i, j], -i, -j) for i in range(len(boxes)) for j in left
                 if found[i] == UNMATCHED and common[i, j] > 1e-6]  # fmt: skip
        if not pairs:
            break
        _, i, j = max(pairs)
        found[-i] = -j
        left.remove(-j)
    for i in range(len(boxes)):
        if threshold is not None and found[i] == UNMATCHED:
            best = max(range(len(truths)), key=lambda j: (common[i, j], -j))
            if common[i, best] > 1e-6 and common[i, best] >= threshold:
                found[i] = best
    return found, common.max(axis=1)


@pytest.mark.parametrize("threshold", [None, 0.0, 0.3, 0.5])
@pytest.mark.parametrize("ignore_crossing", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_matches_are_those_of_loops(threshold, ignore_crossing, seed):
    rng = np.random.default_rng(seed)
    boxes, truths = boxes_of(rng, 25), boxes_of(rng, 6)
    truths[1] = truths[0]  # equal overlaps
    boxes[4] = boxes[9] = truths[2]
    found, largest = match_boxes(boxes, truths, threshold, ignore_crossing=ignore_crossing)
    expected, overlap = by_loops(boxes, truths, threshold, ignore_crossing)
    assert found.tolist() == expected
    assert (found >= 0).any()
    np.testing.assert_array_equal(largest, overlap)


def test_nothing_to_match():
    found, largest = match_boxes(np.ones((3, 4), "f4"), np.ones((0, 4), "f4"), 0.5)
    assert found.tolist() == [UNMATCHED] * 3
    assert largest.tolist() == [0] * 3


def test_a_truth_that_no_box_touches_has_none():
    boxes = np.array([[0, 0, 0.1, 0.1]], "f4")
    assert match_boxes(boxes, boxes + 0.5, 0.5)[0].tolist() == [UNMATCHED]

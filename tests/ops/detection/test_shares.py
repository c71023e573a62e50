"""Shares of boxes, and suppression by them, against loops over numbers."""

import numpy as np
import pytest

from blobnet.ops.detection.boxes import nms
from blobnet.ops.detection.shares import FIRST, MODES, SMALLER, UNION, nms_by, shares


def boxes(count, rng):
    corners = rng.uniform(0, 60, (count, 2))
    return np.concatenate([corners, corners + rng.uniform(1, 40, (count, 2))], 1)


def share(a, b, of, border):
    width = min(a[2], b[2]) - max(a[0], b[0]) + border
    height = min(a[3], b[3]) - max(a[1], b[1]) + border
    areas = [(box[2] - box[0] + border) * (box[3] - box[1] + border) for box in (a, b)]
    common = width * height if width > 0 and height > 0 else 0
    by = {UNION: sum(areas) - common, FIRST: areas[0], SMALLER: min(areas)}
    return common / by[of]


@pytest.mark.parametrize("border", [0, 1])
@pytest.mark.parametrize("of", [FIRST, SMALLER])
def test_shares_are_what_loops_give(of, border, rng):
    a, b = boxes(7, rng), boxes(5, rng)
    expected = [[share(one, other, of, border) for other in b] for one in a]
    assert np.any(expected)
    np.testing.assert_allclose(shares(a, b, of=of, border=border), expected, rtol=1e-12)


@pytest.mark.parametrize("border", [0, 1])
@pytest.mark.parametrize("mode", MODES)
def test_suppression_is_what_loops_give(mode, border, rng):
    some = boxes(40, rng)
    kept = []
    for j, box in enumerate(some):
        if all(share(some[k], box, mode, border) <= 0.4 for k in kept):
            kept.append(j)
    assert 3 < len(kept) < 40
    assert nms_by(some, 0.4, mode, border=border).tolist() == kept


def test_the_share_of_the_first_is_of_the_one_that_stays():
    inner, outer = [2, 2, 4, 4], [0, 0, 9, 9]
    assert nms_by(np.array([inner, outer], float), 0.5, FIRST, border=0).tolist() == [0]
    assert nms_by(np.array([outer, inner], float), 0.5, FIRST, border=0).tolist() == [0, 1]


@pytest.mark.parametrize("mode", MODES)
def test_no_boxes_and_those_that_are_no_numbers(mode):
    none = np.zeros((0, 4))
    assert nms_by(none, 0.5, mode, border=1).tolist() == []
    some = np.array([[0, 0, 5, 5], [0, np.nan, 5, 5], [0, 0, 5, 5]])
    assert nms_by(some, 0.5, mode, border=1).tolist() == [0, 1]
    assert nms_by(some[::2], 0.5, mode, border=1).tolist() == nms(some[::2], 0.5).tolist()

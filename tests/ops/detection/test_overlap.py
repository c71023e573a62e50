"""Overlaps of pairs, one by one."""

import numpy as np
import pytest

from blobnet.ops.detection.overlap import paired_overlaps


def boxes(count, rng):
    corners = rng.uniform(0, 30, (count, 2))
    return np.concatenate([corners, corners + rng.uniform(1, 30, (count, 2))], 1)


@pytest.mark.parametrize("border", [0, 1])
def test_overlaps_of_pairs(border, rng):
    a, b = boxes(50, rng), boxes(50, rng)
    expected = []
    for one, other in zip(a, b, strict=True):
        width = min(one[2], other[2]) - max(one[0], other[0]) + border
        height = min(one[3], other[3]) - max(one[1], other[1]) + border
        areas = [(x2 - x1 + border) * (y2 - y1 + border) for x1, y1, x2, y2 in (one, other)]
        common = width * height if width > 0 and height > 0 else 0
        expected.append(common / (sum(areas) - common))
    assert 0 < np.count_nonzero(expected) < 50
    np.testing.assert_allclose(paired_overlaps(a, b, border=border), expected, rtol=1e-12)


def test_a_corner_that_is_no_number():
    found = paired_overlaps(np.array([[0, 0, 9, np.nan]]), np.array([[0.0, 0, 9, 9]]), border=0)
    assert found.tolist() == [0]

"""How much turned boxes overlap: beside counted points, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.ops.detection.rotated_overlap import rotated_corners, rotated_overlaps


def overlap(first, second):
    return rotated_overlaps(np.array(first, float), np.array([second], float))[0]


def is_within(x, y, box):
    """By the definition: a point turned back lies between the sides."""
    angle = np.radians(box[4])
    right, down = x - box[0], y - box[1]
    along = right * np.cos(angle) + down * np.sin(angle)
    across = down * np.cos(angle) - right * np.sin(angle)
    return (abs(along) <= box[2] / 2) & (abs(across) <= box[3] / 2)


@pytest.mark.parametrize("seed", range(10))
def test_counted_points_say_the_same(seed):
    rng = np.random.default_rng(seed)
    one, *others = rng.random((5, 5)) * [10, 10, 12, 8, 360] + [5, 5, 6, 3, 0]
    x, y = np.meshgrid(np.linspace(-10, 30, 1500), np.linspace(-10, 30, 1500))
    made = rotated_overlaps(one, np.array(others))
    inside = is_within(x, y, one)
    for other, share in zip(others, made, strict=True):
        theirs = is_within(x, y, other)
        wanted = (inside & theirs).sum() / (inside | theirs).sum()
        if (inside & theirs).sum() == min(inside.sum(), theirs.sum()):
            wanted = 1
        assert share == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ((10, 10, 10, 10, 0), (15, 10, 10, 10, 0), 50 / 150),
        ((10, 10, 10, 10, 0), (15, 10, 10, 10, 90), 50 / 150),
        ((10, 10, 10, 4, 0), (10, 10, 10, 10, 0), 40 / 100),  # sides lie on each other
        ((10, 10, 10, 10, 0), (20, 10, 10, 10, 0), 0),  # they touch
        ((10, 10, 10, 10, 0), (30, 10, 10, 10, 0), 0),
        ((10, 10, 10, 10, 33), (10, 10, 10, 10, 33), 1),
        ((17, 7, 14, 2, 225), (19, 9, 2, 2, 225), 4 / 28),
        ((10, 10, 10, 10, 0), (11, 9, 2, 3, 30), 1),  # within
        ((10, 10, 10, 10, 0), (11, 9, 2, 0, 30), 0),  # no area
        ((10, 10, 0, 0, 0), (10, 10, 0, 0, 0), 0),
    ],
)
def test_by_hand(first, second, wanted):
    assert overlap(first, second) == pytest.approx(wanted, abs=1e-9)
    assert overlap(second, first) == pytest.approx(wanted, abs=1e-9)


def test_corners_go_around_the_box():
    (corners,) = rotated_corners(np.array([[10.0, 20, 4, 2, 90]]))
    wanted = [[9, 18], [11, 18], [11, 22], [9, 22]]
    assert sorted(corners.round(9).tolist()) == sorted(wanted)
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    np.testing.assert_allclose(sides, [2, 4, 2, 4])

from pathlib import Path

import numpy as np
import pytest

from blobnet.python_layers.caffe.layers.detectnet import _groups
from blobnet.python_layers.caffe.layers.detectnet._groups import group_rectangles

RECORDED = Path(__file__).parents[4] / "reference/opencv/python_layers.npz"


@pytest.mark.parametrize("pairs", [2**20, 7])
@pytest.mark.parametrize("number", range(6))
def test_groups_are_opencvs(number, pairs, monkeypatch):
    monkeypatch.setattr(_groups, "_PAIRS", pairs)
    with np.load(RECORDED) as recorded:
        parts = [
            recorded[f"{name}_{number}"] for name in ("rectangles", "settings", "groups", "counts")
        ]
    rectangles, (threshold, eps), groups, counts = parts
    made = group_rectangles(rectangles.astype(np.int64), int(threshold), float(eps))
    np.testing.assert_array_equal(made[0], groups)
    np.testing.assert_array_equal(made[1], counts)


def test_who_is_near_to_one_of_a_group_belongs_to_it():
    row = np.array([[10 * index, 0, 100, 100] for index in range(6)])
    groups, counts = group_rectangles(row, 1, 0.1)
    np.testing.assert_array_equal(groups, [[25, 0, 100, 100]])
    np.testing.assert_array_equal(counts, [6])


def test_a_group_must_be_larger_than_the_threshold():
    twice = np.array([[0, 0, 10, 10]] * 2 + [[50, 50, 10, 10]] * 3)
    np.testing.assert_array_equal(group_rectangles(twice, 2, 0.1)[0], [[50, 50, 10, 10]])


def test_no_rectangles_at_all():
    groups, counts = group_rectangles(np.zeros((0, 4), np.int64), 1, 0.1)
    assert groups.shape == (0, 4)
    assert counts.shape == (0,)

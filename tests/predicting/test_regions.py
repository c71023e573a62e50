from __future__ import annotations

import numpy as np

from blobnet.predicting.regions import rows_of

REGIONS = np.array(
    [[0, 10, 10, 29, 39], [0, 12, 10, 31, 39], [0, 60, 20, 79, 39], [0, 0, 0, 9, 9]], np.float32
)
SIZE = (50, 100)


def test_boxes_move_as_their_class_says():
    scores = np.array([[0.1, 0.0, 0.9]], np.float32)
    changes = np.zeros((1, 12), np.float32)
    changes[0, 8:] = 0.5, -0.1, np.log(2), 0  # of class 2: half a width to the right, twice as wide
    (row,) = rows_of(scores, changes, REGIONS[:1], SIZE)
    assert row[1] == 2
    centre, width = 10 + 10 + 0.5 * 20, 40
    top = 10 - 0.1 * 30
    expected = [(centre - width / 2) / 100, top / 50, (centre + width / 2) / 100, (top + 30) / 50]
    np.testing.assert_allclose(row[3:], expected, rtol=1e-6)


def test_of_boxes_that_overlap_the_best_of_each_class_stays():
    scores = np.array([[0.2, 0.8, 0], [0.1, 0.9, 0], [0.4, 0.6, 0], [0.3, 0.0, 0.7]], np.float32)
    rows = rows_of(scores, np.zeros((4, 12), np.float32), REGIONS, SIZE)
    assert rows[:, 1].tolist() == [1, 1, 2]
    np.testing.assert_array_equal(rows[:, 2], np.float32([0.9, 0.6, 0.7]))


def test_scores_may_have_four_axes_and_changes_one_class():
    scores = np.array([0.1, 0.2, 0.7], np.float32).reshape(1, 3, 1, 1)
    changes = np.zeros((1, 8, 1, 1), np.float32)
    changes[0, :4] = 9  # of the background
    rows = rows_of(scores, changes, REGIONS[:1], SIZE)
    np.testing.assert_allclose(rows[:, 3:], [[0.1, 0.2, 0.3, 0.8]] * 2)


def test_what_is_hardly_anything_is_left_out():
    scores = np.array([[0.96, 0.04, 0]], np.float32)
    assert rows_of(scores, np.zeros((1, 12), np.float32), REGIONS[:1], SIZE).shape == (0, 7)

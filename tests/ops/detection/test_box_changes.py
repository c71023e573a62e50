from __future__ import annotations

import numpy as np

from blobnet.ops.detection.box_changes import changed_by, changes_to, clipped

BOXES = np.array([[0, 0, 9, 19], [10, 20, 29, 39]], np.float64)
OTHERS = np.array([[3, 1, 12, 10], [8, 22, 47, 31]], np.float64)


def test_changes_are_of_centres_by_sides_and_logarithms_of_sides():
    changes = changes_to(BOXES, OTHERS)
    # from 10 x 20 around (5, 10) to 10 x 10 around (8, 6)
    np.testing.assert_allclose(changes[0], [0.3, -0.2, 0, np.log(0.5)])


def test_boxes_come_back_with_an_end_that_is_one_too_far():
    made = changed_by(BOXES, changes_to(BOXES, OTHERS))
    np.testing.assert_allclose(made, OTHERS + np.array([0, 0, 1, 1]))


def test_boxes_stay_within_the_image():
    boxes = np.array([[-5.0, 3, 200, 90]])
    assert clipped(boxes, 50, 100).tolist() == [[0, 3, 99, 49]]

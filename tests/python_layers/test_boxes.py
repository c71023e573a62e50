import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers._boxes import (
    Anchors,
    anchors_at,
    base_anchors,
    changed_by,
    changes_to,
    clipped,
)

# the table of nine anchors that generate_anchors.py of py-faster-rcnn ends with, less 1: MATLAB
# counts from 1
PUBLISHED = [
    [-83, -39, 100, 56],
    [-175, -87, 192, 104],
    [-359, -183, 376, 200],
    [-55, -55, 72, 72],
    [-119, -119, 136, 136],
    [-247, -247, 264, 264],
    [-35, -79, 52, 96],
    [-79, -167, 96, 184],
    [-167, -343, 184, 360],
]


def test_the_nine_anchors_are_those_published():
    np.testing.assert_array_equal(base_anchors((8, 16, 32)), np.array(PUBLISHED) - 1)


def test_anchors_stand_at_each_place_row_by_row():
    base = base_anchors((8, 16))
    found = anchors_at(2, 3, 10, (8, 16))
    assert found.shape == (2 * 3 * 6, 4)
    index = 0
    for y in range(2):
        for x in range(3):
            for anchor in base:
                np.testing.assert_array_equal(found[index], anchor + 10 * np.array([x, y, x, y]))
                index += 1


def test_changes_lead_to_their_targets(rng):
    boxes, targets = (
        np.concatenate([begin, begin + rng.random((20, 2)) * 50 + 1], axis=1)
        for begin in rng.random((2, 20, 2)) * 100
    )
    made = changed_by(boxes, changes_to(boxes, targets))
    np.testing.assert_allclose(made[:, :2], targets[:, :2])
    np.testing.assert_allclose(made[:, 2:], targets[:, 2:] + 1)  # as in py-faster-rcnn


def test_changes_of_one_box_by_hand():
    (change,) = changes_to(np.array([[0.0, 0, 9, 19]]), np.array([[10.0, 10, 29, 29]]))
    # centres (5, 10) and (20, 20), sides (10, 20) and (20, 20)
    np.testing.assert_allclose(change, [1.5, 0.5, np.log(2), 0])


def test_boxes_are_cut_at_the_last_pixel():
    found = clipped(np.array([[-5.0, 3, 200, 50]]), 40, 100)
    np.testing.assert_array_equal(found, [[0, 3, 99, 39]])


@pytest.mark.parametrize(
    "settings", [{"scales": "x"}, {"feat_stride": None}, {"ratios": 0}, {"scales": []}]
)
def test_settings_that_are_no_anchors(settings):
    with pytest.raises(LayerError, match=next(iter(settings))):
        Anchors.of(settings, "It")

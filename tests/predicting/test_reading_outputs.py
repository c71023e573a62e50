from __future__ import annotations

import numpy as np
import pytest

from blobnet.predicting import Labels
from blobnet.predicting.poses import layout_of
from blobnet.predicting.reading_outputs import Reading
from blobnet.preprocessing import Placement
from tests.predicting.drawn_people import STANDING, maps_of

WHOLE = Placement((100, 200), (50, 40), (0, 0), (50, 40))
MIDDLE = Placement((8, 8), (8, 8), (2, 0), (4, 8))  # the rows 2 to 5
READING = Reading(Labels({0: "sky", 2: "tree"}), top=2)


def test_the_best_classes_come_first():
    (first, second) = READING.of("classes", np.array([0.1, 0.2, 0.7]), WHOLE).classes
    assert first == (2, "tree", pytest.approx(0.7))
    assert second == (1, "1", pytest.approx(0.2))


def test_of_maps_of_scores_the_mean_counts():
    scores = np.zeros((3, 2, 2))
    scores[1] = [[4, 0], [0, 0]]
    scores[0] = 0.5
    assert [each.label for each in READING.of("classes", scores, WHOLE).classes] == [1, 0]


def test_boxes_beside_the_image_are_none():
    rows = np.array(
        [
            [0, 1, 0.9, 1.1, 0.5, 1.4, 0.8],
            [0, 1, 0.8, 0.2, -0.5, 0.4, 0],
            [0, 1, 0.7, 0.5, 0.5, 0.5, 0.9],
            [0, 1, 0.6, 0.9, 0.9, 1.4, 1.4],
        ]
    ).reshape(1, 1, 4, 7)
    boxes = READING.of("boxes", rows, WHOLE).boxes
    assert [box.score for box in boxes] == [0.6]


def test_boxes_are_in_pixels_of_the_image():
    rows = np.array(
        [
            [0, 2, 0.6, 0.1, 0.2, 0.5, 1.5],
            [0, 1, 0.9, 0.0, 0.5, 0.5, 1.0],
            [0, 1, 0.4, 0.0, 0.0, 1.0, 1.0],  # below the threshold
            [0, -1, 1.0, 0, 0, 0, 0],  # nothing
        ]
    ).reshape(1, 1, 4, 7)
    boxes = READING.of("boxes", rows, WHOLE).boxes
    assert [box.name for box in boxes] == ["1", "tree"]
    assert boxes[0][2:] == pytest.approx((0.9, 0, 50, 100, 100))
    assert boxes[1][3:] == pytest.approx((20, 20, 100, 100))  # not beyond the image


def test_a_mask_has_a_class_for_each_pixel():
    scores = np.zeros((3, 2, 2))
    scores[2, 0] = 1  # the upper half
    read = READING.of("mask", scores, WHOLE)
    assert read.mask.shape == (100, 200)
    assert (read.mask[:50] == 2).all()
    assert (read.mask[50:] == 0).all()
    assert read.parts == [(0, "sky", 0.5), (2, "tree", 0.5)]


def test_what_the_crop_has_not_seen_is_no_class():
    read = READING.of("mask", np.array([[[2.0, 1.0]]]), MIDDLE)  # labels, not scores
    assert read.mask[:, 0].tolist() == [-1, -1, 2, 2, 2, 2, -1, -1]
    assert read.mask[3].tolist() == [2] * 4 + [1] * 4
    assert [part.score for part in read.parts] == [0.5, 0.5]


def test_a_map_keeps_its_values():
    read = READING.of("map", np.array([[[0.25, 0.75]]]), WHOLE)
    assert read.map.shape == (100, 200)
    assert (read.map[0, 0], read.map[0, -1]) == (0.25, 0.75)


def test_points_are_in_pixels_of_the_image():
    layout = layout_of(57)
    placed = Placement((460, 400), (368, 640), (0, 0), (368, 640))  # maps of 46 by 80
    read = READING.of("points", maps_of([STANDING], layout), placed)
    (person,) = read.people
    assert read.limbs == layout.limb_names
    assert set(person) == set(STANDING)
    for part, (x, y) in STANDING.items():
        assert person[part].x == pytest.approx((x + 0.5) / 80 * 400, abs=3)
        assert person[part].y == pytest.approx((y + 0.5) / 46 * 460, abs=5)


def test_maps_of_no_known_layout_have_a_point_each():
    maps = np.zeros((3, 5, 4))
    maps[2, 1, 2] = 1
    (person,) = READING.of("points", maps, Placement((50, 40), (5, 4), (0, 0), (5, 4))).people
    assert person == {"tree": (25, 15, 1)}


@pytest.mark.parametrize("factor", [(1, 1), (40, 50)])
@pytest.mark.parametrize("shape", [(6,), (6, 1, 1)])
def test_places_are_shares_of_the_input_or_its_pixels(factor, shape):
    """The input is 50 high and 40 wide, the image 100 and 200."""
    places = np.array([[0.25, 0.5], [1.0, 0.1], [-0.05, 0.0]]) * factor
    (person,) = READING.of("points", places.reshape(shape), WHOLE).people
    assert list(person) == ["sky", "1", "tree"]
    assert person["sky"] == pytest.approx((50, 50, 1))
    assert person["1"] == pytest.approx((200, 10, 1))
    assert person["tree"] == pytest.approx((-10, 0, 1))

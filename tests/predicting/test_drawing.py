from __future__ import annotations

import numpy as np
import pytest

from blobnet.predicting import Box, Prediction, ScoredClass
from blobnet.predicting.drawing import picture_of, write_drawing
from blobnet.predicting.prediction import Point

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def drawn(tmp_path):
    """A function that draws into a picture of one shade; what it gives is (height, width, 3)."""

    def draw(prediction, channels=3, shade=100):
        image = np.full((channels, 120, 160), shade, np.uint8)
        write_drawing(picture_of(image, prediction), tmp_path / "out.png")
        return np.asarray(Image.open(tmp_path / "out.png")).astype(int)

    return draw


@pytest.mark.parametrize("channels", [1, 3])
def test_a_box_is_framed_and_named(channels, drawn):
    pixels = drawn(Prediction(boxes=[Box(1, "cat", 0.9, 40, 50, 140, 110)]), channels)
    changed = (pixels != 100).any(2)
    assert changed[50:110, 40].all()  # the left side
    assert changed[50, 40:140].all()
    assert not changed[60:100, 50:130].any()  # the inside
    assert changed[30:50, 40:60].any()  # the words above it


def test_names_of_boxes_do_not_cover_each_other(drawn):
    one, other = Box(3, "first", 0.9, 40, 50, 140, 110), Box(6, "second", 0.8, 42, 52, 120, 100)
    colors = [tuple(drawn(Prediction(boxes=[box]))[49, int(box.x1) + 1]) for box in (one, other)]
    pixels = drawn(Prediction(boxes=[one, other]))
    alone = drawn(Prediction(boxes=[one]))
    np.testing.assert_array_equal(pixels[30:50], alone[30:50])  # the better one's, as by itself
    inside = (pixels[53:72, 44:118] == colors[1]).all(2)
    assert inside.mean() > 0.3


def test_a_box_at_the_upper_edge_has_its_name_inside(drawn):
    changed = (drawn(Prediction(boxes=[Box(1, "cat", 0.9, 40, 0, 140, 110)])) != 100).any(2)
    assert changed[4:12, 44:60].any()


def test_a_box_beyond_the_image_does_no_harm(drawn):
    pixels = drawn(Prediction(boxes=[Box(1, "x" * 500, 1, -50, -50, 500, 20)]))
    assert (pixels != 100).any()


def test_a_mask_lies_over_all_but_the_background(drawn):
    mask = np.zeros((120, 160), int)
    mask[60:, 80:] = 5
    mask[60:, :80] = -1  # not seen
    pixels = drawn(Prediction(mask=mask, parts=[]))
    assert (pixels[:60] == 100).all()
    assert (pixels[60:, :80] == 100).all()
    assert (pixels[60:, 80:] == pixels[100, 100]).all()
    assert len(set(pixels[100, 100])) > 1  # a colour


def test_a_map_is_drawn_in_grey(drawn):
    values = np.zeros((120, 160))
    values[:60] = 0.5
    pixels = drawn(Prediction(map=values))
    assert (pixels[0, 0] == 128).all()
    assert (pixels[119, 0] == 0).all()
    spread = drawn(Prediction(map=values * 8 - 2))
    assert (spread[0, 0] == 255).all()
    assert (spread[119, 0] == 0).all()


def test_people_are_points_and_lines(drawn):
    person = {"a": Point(20, 20, 1), "b": Point(20, 100, 1), "c": Point(120, 100, 1)}
    limbs = [("a", "b"), ("b", "missing")]
    changed = (drawn(Prediction(people=[person], limbs=limbs)) != 100).any(2)
    assert changed[20:100, 20].all()
    assert changed[100, 120]
    assert not changed[100, 40:100].any()


def test_a_small_image_is_drawn_larger(tmp_path):
    image = np.zeros((3, 20, 30), np.uint8)
    image[:, 5, 7] = 255
    person = {"a": Point(20, 15, 1)}
    write_drawing(
        picture_of(image, Prediction(boxes=[Box(1, "", 1, 10, 8, 25, 18)])), tmp_path / "box.png"
    )
    boxed = np.asarray(Image.open(tmp_path / "box.png")).astype(int)
    assert boxed.shape == (240, 360, 3)  # 12 times
    assert (boxed[8 * 12, 120:300] == boxed[8 * 12, 120]).all()  # the upper side
    assert not boxed[110:200, 130:290].any()  # within
    write_drawing(picture_of(image, Prediction(people=[person])), tmp_path / "person.png")
    drawn = np.asarray(Image.open(tmp_path / "person.png")).astype(int)
    assert (drawn[60:72, 84:96] == 255).all()
    assert drawn[180, 240].any()


def test_classes_are_a_legend(drawn):
    changed = (drawn(Prediction(classes=[ScoredClass(0, "cat", 0.9)])) != 100).any(2)
    assert changed[:10, :40].any()
    assert not changed[60:].any()

import numpy as np
import pytest

from blobnet.errors import DataError
from blobnet.sources.objects.scene import Scene, Span, centre_of, placed, put, rounded


def scene_of(height=20, width=30, boxes=((4, 6, 13, 17),)):
    """An image of gray with a bright box, from corner to corner."""
    image = np.full((3, height, width), 10, np.uint8)
    for x1, y1, x2, y2 in boxes:
        image[:, y1:y2, x1:x2] = 250
    count = len(boxes)
    rows = np.array(boxes, np.float32).reshape(count, 4)
    none = np.zeros(count, bool)
    return Scene(image, rows, rows + 1, np.ones(count, np.int64), none, none)


def bright(image):
    """The corners of what is bright."""
    rows, columns = np.nonzero(image[0] > 130)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def test_a_mirrored_image_has_its_boxes_with_it():
    found = scene_of().mirrored()
    assert found.boxes.tolist() == [bright(found.image)]
    assert found.regions.tolist() == [[16, 7, 25, 18]]


def test_a_resized_image_has_its_boxes_with_it():
    found = scene_of().resized(60, 60)
    assert found.size == (60, 60)
    assert found.boxes.tolist() == [[8, 18, 26, 51]]
    np.testing.assert_allclose(bright(found.image), found.boxes[0], atol=1)
    assert scene_of().resized(20, 30).image.shape == (3, 20, 30)


def test_an_image_of_no_size_is_refused():
    with pytest.raises(DataError, match="cannot be resized"):
        scene_of().resized(0, 5)


@pytest.mark.parametrize("factors", [(0.5, 0.75), (1.4, 1.0), (3.0, 2.0)])
def test_an_enlarged_image_has_its_boxes_with_it(factors):
    """By 3 it is cut to 0.4 of its width first, around the box."""
    scene = scene_of(60, 90, ((40, 30, 50, 42),))
    found, centre = scene.enlarged(factors, (45, 36))
    sides = found.boxes[0, 2:] - found.boxes[0, :2]
    np.testing.assert_allclose(sides, [10 * factors[0], 12 * factors[1]], rtol=1e-6)
    np.testing.assert_allclose(bright(found.image), found.boxes[0], atol=1.6)
    np.testing.assert_allclose(centre, found.boxes[0].reshape(2, 2).mean(0), rtol=1e-5)
    if factors[0] == 3:
        assert found.size == (rounded(36 * 2), rounded(36 * 3))


def test_nothing_is_changed_by_1():
    scene = scene_of()
    assert scene.enlarged((1.0, 1.0), (3, 4)) == (scene, (3, 4))


@pytest.mark.parametrize(
    ("size", "centre", "noise", "expected"),
    [
        (10, 5, 0, Span(5, 0, 10)),
        (10, 5, 9, Span(10, 0, 10)),
        (10, 5, -9, Span(0, 0, 10)),
        (20, 9, 9, Span(0, 0, 20)),
        (50, 25, 3, Span(0, 18, 20)),
        (50, 2, 3, Span(0, 0, 20)),
        (50, 49, 3, Span(0, 30, 20)),
    ],
)
def test_a_side_of_20_shows_the_middle_or_what_is_around_a_centre(size, centre, noise, expected):
    assert placed(size, 20, centre, noise) == expected


@pytest.mark.parametrize("template", [(40, 50), (12, 16), (12, 50)])
def test_an_image_is_put_into_a_batch_with_its_boxes(template, rng):
    out = np.full((3, *template), -1.0)
    found, across, down = put(scene_of(), (8.5, 11.5), rng, out)
    assert (out != -1).sum() == 3 * across.length * down.length
    corners = np.clip(found.boxes[0], 0, [*template[::-1]] * 2)
    assert bright(out) == corners.tolist()


def test_a_batch_shows_an_object_or_any_place(rng):
    assert centre_of(scene_of(), (9, 9), rng) == ((8.5, 11.5), 0)
    empty = scene_of(boxes=())
    places = [centre_of(empty, (10, 40), rng) for _ in range(50)]
    assert {which for _, which in places} == {None}
    assert {x for (x, _), _ in places} == {15}
    heights = [y for (_, y), _ in places]
    assert (min(heights), max(heights)) == (5, 15)


@pytest.mark.parametrize(("value", "whole"), [(2.5, 3), (-2.5, -3), (2.4, 2), (-0.4, 0)])
def test_halves_are_rounded_away_from_zero(value, whole):
    assert rounded(value) == whole

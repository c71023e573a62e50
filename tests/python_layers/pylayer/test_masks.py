import numpy as np
import pytest

from blobnet import DataError
from blobnet.python_layers.pylayer._masks import mask_overlap, mask_within, resized, size_of


def painted(box, mask, size=40):
    """A mask on an image, one pixel after the other."""
    image = np.zeros((size, size), bool)
    for y, row in enumerate(mask):
        for x, value in enumerate(row):
            image[box[1] + y, box[0] + x] = value
    return image


@pytest.mark.parametrize("box", [(5, 6, 19, 17), (0, 0, 39, 39), (12, 9, 14, 30), (30, 30, 35, 35)])
def test_the_overlap_is_that_of_masks_painted_on_an_image(box, rng):
    box, other = np.array(box), np.array([8, 3, 23, 25])
    mask, its = rng.random(size_of(box)) < 0.6, rng.random(size_of(other)) < 0.7
    a, b = painted(box, mask), painted(other, its)
    assert mask_overlap(box, other, mask, its) == (a & b).sum() / (a | b).sum()


def test_masks_that_are_empty_have_nothing_in_common():
    box = np.array([0, 0, 3, 3])
    assert mask_overlap(box, box, np.zeros((4, 4), bool), np.zeros((4, 4), bool)) == 0
    assert mask_overlap(box, box + 4, np.ones((4, 4), bool), np.ones((4, 4), bool)) == 0


@pytest.mark.parametrize("begin", [(0, 0), (5, 7), (9, 2), (30, 30)])
def test_a_box_shows_what_is_painted_there(begin, rng):
    other = np.array([8, 3, 23, 25])
    mask = rng.random(size_of(other)) < 0.5
    x, y = begin
    box = np.array([x, y, x + 9, y + 9])  # as large as the result: nothing is mixed
    found = mask_within(box, other, mask, 10, 0.4)
    np.testing.assert_array_equal(found, painted(other, mask)[y : y + 10, x : x + 10])


def test_pixels_are_mixed_where_a_box_is_larger_than_the_result():
    box = np.array([0, 0, 3, 3])
    mask = np.array([[1, 0, 1, 1], [0, 0, 1, 1]] * 2)
    # each new pixel is the mean of two by two old ones: 1/4 and 1
    np.testing.assert_array_equal(mask_within(box, box, mask, 2, 0.4)[0], [False, True])
    np.testing.assert_array_equal(mask_within(box, box, mask, 2, 0.25)[0], [True, True])


def test_a_mask_that_is_smaller_than_its_box_ends_there():
    box = np.array([0, 0, 3, 3])
    found = mask_within(box, box, np.ones((2, 3)), 4, 0.5)
    np.testing.assert_array_equal(found, [[1, 1, 1, 0]] * 2 + [[0] * 4] * 2)


@pytest.mark.parametrize("size", [(0, 4), (4, -3), (2**14, 2**14)])
def test_sizes_that_no_mask_has(size):
    with pytest.raises(DataError, match="no size"):
        resized(np.ones((2, 2)), *size)

from __future__ import annotations

import numpy as np
import pytest

from blobnet.pycaffe.io import oversample


@pytest.mark.parametrize("dims", [(4, 3), (5, 6), (9, 7), (1, 1)])
def test_corners_and_centre_and_their_mirror_images(dims, rng):
    images = rng.standard_normal((2, 9, 7, 3)).astype(np.float32)
    crops = oversample(images, np.array(dims))
    assert crops.shape == (20, *dims, 3)
    assert crops.dtype == np.float32
    height, width = dims
    middle = ((9 - height) // 2, (7 - width) // 2)
    places = [(0, 0), (0, 7 - width), (9 - height, 0), (9 - height, 7 - width), middle]
    for number in range(20):
        top, left = places[number % 5]
        is_mirrored = number % 10 >= 5
        for i in range(height):
            for j in range(width):
                column = width - 1 - j if is_mirrored else j
                expected = images[number // 10, top + i, left + column]
                np.testing.assert_array_equal(crops[number, i, j], expected)


def test_lists_of_images_of_any_type():
    images = [np.full((2, 2, 1), value, np.uint8) for value in (3, 4)]
    np.testing.assert_array_equal(oversample(images, (1, 2)).ravel(), [3] * 20 + [4] * 20)


@pytest.mark.parametrize("dims", [(5, 2), (2, 5), (0, 2)])
def test_crops_that_do_not_fit_are_refused(dims):
    with pytest.raises(ValueError, match="crops do not fit"):
        oversample(np.zeros((1, 4, 4, 1)), dims)

import numpy as np

from blobnet.ops.images import filters


def test_a_blur_is_opencvs(opencv):
    made = filters.blur(opencv["image"]).astype(int)
    np.testing.assert_allclose(made, opencv["blur"], atol=1)


def test_what_erodes_is_opencvs(opencv):
    np.testing.assert_array_equal(filters.erode(opencv["image"]), opencv["erode"])


def test_levels_are_evened_out_as_opencv_does(opencv):
    plane = opencv["image"][0]
    np.testing.assert_array_equal(filters.equalize(plane), opencv["equalize"])
    np.testing.assert_array_equal(filters.equalize_locally(plane), opencv["clahe"])


def test_one_level_stays_as_it_is():
    plane = np.full((5, 4), 9, np.uint8)
    np.testing.assert_array_equal(filters.equalize(plane), plane)


def test_posterize_has_four_levels():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    assert np.unique(filters.posterize(levels)).tolist() == [32, 96, 160, 224]

import colorsys

import numpy as np
import pytest

from blobnet.ops.images import colors


@pytest.mark.parametrize(
    ("made", "name", "most"),
    [
        (colors.gray_from_bgr, "gray", 1),
        (colors.hsv_from_bgr, "hsv", 0),
        (colors.bgr_from_hsv, "from_hsv", 1),
        (colors.ycrcb_from_bgr, "ycrcb", 0),
        (colors.bgr_from_ycrcb, "from_ycrcb", 0),
        (colors.lab_from_bgr, "lab", 0.5),
    ],
)
def test_colours_are_opencvs(made, name, most, opencv):
    wanted = opencv[name].astype(float)
    np.testing.assert_allclose(made(opencv["image"]).astype(float), wanted, atol=most)


def test_hues_are_those_of_colorsys():
    for blue, green, red in [(255, 0, 0), (0, 255, 0), (0, 0, 255), (10, 200, 90), (77, 77, 77)]:
        image = np.uint8([blue, green, red])[:, None, None]
        hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        expected = [hue * 180, saturation * 255, value * 255]
        np.testing.assert_allclose(colors.hsv_from_bgr(image).ravel(), expected, atol=1)


def test_there_and_back_is_near(rng):
    image = rng.integers(256, size=(3, 20, 20), dtype=np.uint8)
    back = colors.bgr_from_ycrcb(colors.ycrcb_from_bgr(image))
    assert np.abs(back.astype(int) - image).mean() < 3
    back = colors.bgr_from_hsv(colors.hsv_from_bgr(image))
    assert np.abs(back.astype(int) - image).mean() < 3


def test_linear_rounds_and_stays_within_a_byte():
    image = np.uint8([[[0, 1, 2, 100, 255]]])
    np.testing.assert_array_equal(colors.linear(image, 1.5, 0.0)[0, 0], [0, 2, 3, 150, 255])
    np.testing.assert_array_equal(colors.linear(image, 1, -10.4)[0, 0], [0, 0, 0, 90, 245])


def test_hues_of_floats_are_opencvs(opencv):
    shares = (opencv["image"] / 255).astype(np.float32)
    hsv = colors.hsv_from_bgr_shares(shares)
    np.testing.assert_allclose(hsv, opencv["floats_hsv"], atol=1e-3)
    hsv[0] += 50
    made = colors.bgr_shares_from_hsv(hsv)
    np.testing.assert_allclose(made, opencv["floats_turned"], atol=1e-5)
    hsv[0] -= 360
    np.testing.assert_allclose(colors.bgr_shares_from_hsv(hsv), made, atol=1e-4)

from __future__ import annotations

import math

import numpy as np
import pytest

from blobnet.errors import MissingExtraError
from blobnet.pycaffe.io import resize_image

SIZES = [
    ((30, 40), (10, 12)),
    ((5, 7), (5, 7)),
    ((5, 7), (13, 9)),
    ((9, 4), (1, 1)),
    ((1, 1), (3, 2)),
    ((20, 6), (7, 15)),
    ((50, 40), (3, 4)),
]


def pixel(image, row, column, outside=0.0):
    rows, columns = image.shape
    inside = 0 <= row < rows and 0 <= column < columns
    return float(image[row, column]) if inside else outside


def mixed(image, y, x):
    """The value between the four pixels around (y, x)."""
    top, left = math.floor(y), math.floor(x)
    down, right = y - top, x - left
    return (
        (1 - down) * (1 - right) * pixel(image, top, left)
        + (1 - down) * right * pixel(image, top, left + 1)
        + down * (1 - right) * pixel(image, top + 1, left)
        + down * right * pixel(image, top + 1, left + 1)
    )


def by_areas(plane, height, width):
    """scikit-image's rule, a pixel at a time."""
    rows, columns = plane.shape
    return np.array(
        [
            [
                mixed(plane, (i + 0.5) * rows / height - 0.5, (j + 0.5) * columns / width - 0.5)
                for j in range(width)
            ]
            for i in range(height)
        ]
    )


def by_centres(plane, height, width):
    """scipy's rule, a pixel at a time."""
    rows, columns = plane.shape
    step = [(old - 1) / max(new - 1, 1) for old, new in ((rows, height), (columns, width))]
    return np.array(
        [[mixed(plane, i * step[0], j * step[1]) for j in range(width)] for i in range(height)]
    )


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("old", "new"), SIZES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_one_and_three_channels_as_scikit_image_did(old, new, channels, dtype, rng):
    image = (rng.uniform(0, 255, (*old, channels))).astype(dtype)
    image[0, 0, 0] += 1
    resized = resize_image(image, new)
    least, most = float(image.min()), float(image.max())
    assert resized.dtype == np.float32
    assert resized.shape == (*new, channels)
    if most == least:
        np.testing.assert_array_equal(resized, np.float32(least))
        return
    for channel in range(channels):
        parts = (image[:, :, channel].astype(np.float64) - least) / (most - least)
        expected = by_areas(parts, *new) * (most - least) + least
        np.testing.assert_allclose(resized[:, :, channel], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("old", "new"), SIZES)
@pytest.mark.parametrize("channels", [2, 4])
def test_other_channels_as_scipy_does(old, new, channels, rng):
    image = rng.uniform(-1, 1, (*old, channels)).astype(np.float32)
    resized = resize_image(image, new)
    for channel in range(channels):
        expected = by_centres(image[:, :, channel], *new)
        np.testing.assert_allclose(resized[:, :, channel], expected, rtol=0, atol=1e-6)


def test_the_known_value():
    image = np.random.RandomState(0).rand(30, 40, 3).astype(np.float32)
    first = resize_image(image, (10, 12))[0, 0]
    np.testing.assert_allclose(first, [0.5398574, 0.40347502, 0.6153566], rtol=1e-6)


def test_recorded_values_of_scipy():
    """scipy.ndimage.zoom of scipy 1.17."""
    image = np.arange(12, dtype=np.float32).reshape(2, 3, 2) ** 2
    np.testing.assert_allclose(
        resize_image(image, (3, 4))[1],
        [[18, 25], [28.666666, 38.333332], [42, 54.333332], [58, 73]],
        rtol=1e-6,
    )


def test_the_last_pixel_may_fall_off_as_in_scipy():
    image = np.ones((8, 2, 2), np.float32)
    assert 7 / 25 * 25 > 7
    np.testing.assert_array_equal(resize_image(image, (26, 2))[:, 0, 0], [1.0] * 25 + [0.0])


@pytest.mark.parametrize("channels", [2, 3])
def test_order_0_takes_the_nearest_pixel(channels, rng):
    image = rng.uniform(0, 1, (6, 6, channels)).astype(np.float32)
    at = [0, 3, 5] if channels == 2 else [1, 3, 5]  # 2.5 rounds up; 0.5, 2.5, 4.5
    expected = image[np.ix_(at, at)]
    np.testing.assert_allclose(resize_image(image, (3, 3), 0), expected, rtol=1e-6)


def test_whole_numbers_of_four_channels_stay_whole():
    image = np.array([0, 1, 3, 10], np.uint8).reshape(1, 4, 1).repeat(2, axis=2)
    resized = resize_image(image, (1, 7))[0, :, 0]
    np.testing.assert_array_equal(resized, [0, 1, 1, 2, 3, 7, 10])  # 0.5 and 6.5 away from 0
    negative = resize_image(-image.astype(np.int16), (1, 7))[0, :, 0]
    np.testing.assert_array_equal(negative, [0, -1, -1, -2, -3, -7, -10])


def test_an_image_of_one_value_keeps_it():
    resized = resize_image(np.full((3, 4, 3), 7, np.uint8), (5, 6))
    np.testing.assert_array_equal(resized, np.full((5, 6, 3), 7, np.float32))
    assert resized.dtype == np.float32


def test_a_large_image_is_mixed_in_bands(rng, monkeypatch):
    image = rng.uniform(0, 1, (40, 30, 3)).astype(np.float32)
    whole = resize_image(image, (35, 50))
    monkeypatch.setattr("blobnet.pycaffe.resize._BAND", 400)
    np.testing.assert_array_equal(resize_image(image, (35, 50)), whole)


def test_the_image_stays_as_it_is(rng):
    image = rng.uniform(0, 1, (4, 5, 3)).astype(np.float32)
    before = image.copy()
    resize_image(image, (9, 9))
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize(
    ("shape", "dims", "order", "words"),
    [
        ((4, 5), (2, 2), 1, "no image to resize"),
        ((4, 0, 3), (2, 2), 1, "no image to resize"),
        ((4, 5, 3), (2, 0), 1, "no image has this size"),
        ((4, 5, 3), (2, 2, 3), 1, "no image has this size"),
        ((4, 5, 3), (2, 2), 3, "resizing of order 3"),
    ],
)
def test_what_makes_no_sense_is_refused(shape, dims, order, words):
    image = np.arange(math.prod(shape), dtype=np.float32).reshape(shape)
    with pytest.raises(ValueError, match=words):
        resize_image(image, dims, order)


def test_higher_orders_of_many_channels_ask_for_scipy(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.ndimage", None)
    with pytest.raises(MissingExtraError, match="pip install scipy"):
        resize_image(np.ones((3, 3, 2), np.float32), (2, 2), 3)

import numpy as np
import pytest

from blobnet.ops.images.interpolation import resize, resize_floats_cubic

KINDS = ["linear", "area", "nearest", "cubic", "lanczos4"]


@pytest.mark.parametrize("size", [(11, 7), (30, 31), (17, 20), (23, 9)])
@pytest.mark.parametrize("kind", KINDS)
def test_sizes_are_opencvs(kind, size, opencv):
    made = resize(opencv["image"], *size, kind)
    wanted = opencv[f"resize_{kind}_{size[0]}x{size[1]}"]
    assert made.dtype == np.uint8
    np.testing.assert_allclose(made.astype(int), wanted, atol=1)
    assert (made != wanted).mean() < (0.06 if kind == "cubic" else 0.01)


def test_area_is_the_mean_of_blocks():
    image = 2 * np.arange(36, dtype=np.uint8).reshape(1, 6, 6)
    made = resize(image, 2, 3, "area")
    np.testing.assert_array_equal(made[0, 0, 0], np.rint(image[0, :3, :2].mean()))


def test_area_weighs_what_is_covered_in_part():
    image = np.uint8([[[0, 90, 180]]])
    np.testing.assert_array_equal(resize(image, 1, 2, "area"), [[[30, 150]]])


@pytest.mark.parametrize("kind", KINDS)
def test_one_colour_stays_one_colour(kind):
    image = np.full((3, 9, 5), 201, np.uint8)
    for size in [(4, 4), (20, 3), (9, 5), (1, 1)]:
        made = resize(image, *size, kind)
        assert made.shape == (3, *size)
        np.testing.assert_allclose(made.astype(int), 201, atol=1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_it_has_gives_a_copy(kind, rng):
    image = rng.integers(256, size=(3, 6, 7), dtype=np.uint8)
    made = resize(image, 6, 7, kind)
    np.testing.assert_array_equal(made, image)
    assert not np.shares_memory(made, image)


def test_floats_are_opencvs(opencv):
    shares = (opencv["image"] / 255).astype(np.float32)
    made = resize_floats_cubic(shares, 30, 11)
    np.testing.assert_allclose(made, opencv["floats_cubic_30x11"], atol=1e-5)

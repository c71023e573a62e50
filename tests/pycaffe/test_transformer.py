from __future__ import annotations

import numpy as np
import pytest

from blobnet.errors import BlobnetError
from blobnet.pycaffe.io import Transformer, resize_image

SHAPE = (2, 3, 4, 5)


@pytest.fixture
def transformer(rng):
    made = Transformer({"data": SHAPE})
    made.set_transpose("data", (2, 0, 1))
    made.set_channel_swap("data", (2, 0, 1))
    made.set_raw_scale("data", 255)
    made.set_mean("data", np.array([10.0, 20.0, 30.0]))
    made.set_input_scale("data", 0.5)
    return made


def test_preprocess_is_what_the_settings_say_in_their_order(transformer, rng):
    image = rng.random((4, 5, 3))
    made = transformer.preprocess("data", image)
    assert made.shape == (3, 4, 5)
    assert made.dtype == np.float32
    for k in range(3):
        for i in range(4):
            for j in range(5):
                value = (255 * image[i, j, (2, 0, 1)[k]] - (10, 20, 30)[k]) * 0.5
                np.testing.assert_allclose(made[k, i, j], value, rtol=1e-5, atol=1e-4)


def test_deprocess_turns_it_back(transformer, rng):
    image = rng.random((4, 5, 3)).astype(np.float32)
    made = transformer.preprocess("data", image)
    back = transformer.deprocess("data", made[np.newaxis])
    np.testing.assert_allclose(back, image, atol=1e-6)
    kept = made.copy()
    back[:] = 0
    np.testing.assert_array_equal(made, kept)


def test_an_image_of_another_size_is_resized_first(transformer, rng):
    image = rng.random((9, 8, 3)).astype(np.float32)
    same = transformer.preprocess("data", resize_image(image, (4, 5)))
    np.testing.assert_array_equal(transformer.preprocess("data", image), same)


def test_the_callers_image_stays_as_it_is(rng):
    transformer = Transformer({"data": SHAPE})
    transformer.set_transpose("data", (2, 0, 1))
    image = rng.random((4, 5, 3)).astype(np.float32)
    assert transformer.preprocess("data", image).base is image
    before = image.copy()
    transformer.set_raw_scale("data", 255)
    np.testing.assert_array_equal(
        transformer.preprocess("data", image), (before * np.float32(255)).transpose(2, 0, 1)
    )
    np.testing.assert_array_equal(image, before)


def test_grey_images_go_both_ways(rng):
    transformer = Transformer({"data": (1, 1, 4, 5)})
    transformer.set_transpose("data", (2, 0, 1))
    transformer.set_mean("data", np.array([0.25]))
    image = rng.random((4, 5, 1)).astype(np.float32)
    made = transformer.preprocess("data", image)
    assert made.shape == (1, 4, 5)
    np.testing.assert_allclose(transformer.deprocess("data", made[np.newaxis]), image, atol=1e-6)


def test_settings_of_none_count_as_not_set(rng):
    transformer = Transformer({"data": SHAPE})
    transformer.set_raw_scale("data", None)
    image = rng.random((4, 5, 3)).astype(np.float32)
    assert transformer.preprocess("data", image) is image


def test_a_mean_image_is_taken_as_it_is_or_resized(rng):
    transformer = Transformer({"data": SHAPE})
    mean = rng.uniform(0, 255, (3, 4, 5))
    transformer.set_mean("data", mean)
    assert transformer.mean["data"] is mean
    large = rng.uniform(0, 255, (3, 9, 7))
    transformer.set_mean("data", large)
    expected = resize_image(large.transpose(1, 2, 0), (4, 5)).transpose(2, 0, 1)
    np.testing.assert_allclose(transformer.mean["data"], expected, rtol=1e-5)
    transformer.set_mean("data", np.full((3, 9, 7), 5.0))
    np.testing.assert_array_equal(transformer.mean["data"], np.full((3, 4, 5), 5.0))


def test_a_mean_of_two_axes_is_for_one_channel(rng):
    transformer = Transformer({"data": (1, 1, 4, 5)})
    transformer.set_mean("data", np.ones((4, 5)))
    assert transformer.mean["data"].shape == (4, 5)
    transformer.set_mean("data", rng.random((8, 10)))
    assert transformer.mean["data"].shape == (1, 4, 5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda t: t.preprocess("dat", np.zeros((4, 5, 3))), "dat is not one of the net inputs"),
        (lambda t: t.deprocess("x", np.zeros((3, 4, 5))), "is not one of the net inputs"),
        (lambda t: t.set_raw_scale("x", 1), "is not one of the net inputs"),
        (lambda t: t.set_transpose("data", (1, 0)), "Transpose order needs to have the same"),
        (lambda t: t.set_channel_swap("data", (1, 0)), "Channel swap needs to have the same"),
        (lambda t: t.set_channel_swap("data", (5, 1, 0)), "no such channel"),
    ],
)
def test_names_and_orders_that_do_not_fit(call, words, transformer):
    with pytest.raises(Exception, match=words) as caught:
        call(transformer)
    assert isinstance(caught.value, BlobnetError)


@pytest.mark.parametrize(
    ("mean", "words"),
    [(np.ones(2), "Mean channels incompatible with input"), (np.ones((1, 3, 4, 5)), "Mean shape")],
)
def test_means_that_do_not_fit(mean, words, transformer):
    with pytest.raises(ValueError, match=words):
        transformer.set_mean("data", mean)


def test_a_name_that_is_nearly_right_gets_a_hint(transformer):
    with pytest.raises(BlobnetError, match="did you mean data"):
        transformer.set_input_scale("dta", 1)

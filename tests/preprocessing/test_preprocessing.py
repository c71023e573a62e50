from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.ops.images.resize import resize_linear
from blobnet.preprocessing import Preprocessing, Settings
from blobnet.proto import TEST, TransformationParameter
from blobnet.sources.transformer import DataTransformer

NONE = np.zeros((1, 1, 1), np.float32)


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(3, 9, 11), dtype=np.uint8)


def test_it_computes_what_a_data_layer_computes(image, rng):
    mean = np.float32([[[104]], [[117]], [[123]]])
    param = TransformationParameter(crop_size=5, scale=0.017, mean_value=mean.ravel().tolist())
    resized = resize_linear(image, 8, 7)
    expected = DataTransformer(param, TEST).transform([resized], rng)[0]
    ours = Preprocessing((8, 7), (5, 5), mean, 0.017, "BGR")(image)
    np.testing.assert_array_equal(ours, expected)
    assert ours.dtype == np.float32


def test_the_mean_image_is_cut_as_the_image_is(image, rng):
    mean = rng.normal(size=(3, 9, 11)).astype(np.float32)
    ours = Preprocessing(None, (3, 4), mean, 1, "BGR")(image)
    np.testing.assert_array_equal(ours, (image - mean)[:, 3:6, 3:7])


def test_rgb_turns_the_channels_before_the_mean(image):
    mean = np.float32([[[1]], [[2]], [[3]]])
    ours = Preprocessing(None, None, mean, 2, "RGB")(image)
    np.testing.assert_array_equal(ours[0], (image[2] - np.float32(1)) * 2)
    np.testing.assert_array_equal(ours[2], (image[0] - np.float32(3)) * 2)


def test_ten_crops_are_corners_and_middle_and_their_mirror_images(image):
    crops = Preprocessing(None, (4, 5), NONE, 1, "BGR").ten_crops(image)
    corners = [(0, 0), (0, 6), (5, 0), (5, 6), (2, 3)]
    assert crops.shape == (10, 3, 4, 5)
    for number, (top, left) in enumerate(corners):
        cut = image[:, top : top + 4, left : left + 5]
        np.testing.assert_array_equal(crops[number], cut)
        np.testing.assert_array_equal(crops[5 + number], cut[:, :, ::-1])


def test_ten_crops_take_the_mean_image_where_they_are(image):
    mean = np.arange(3 * 9 * 11, dtype=np.float32).reshape(3, 9, 11)
    crops = Preprocessing(None, (4, 5), mean, 1, "BGR").ten_crops(image)
    np.testing.assert_array_equal(crops[3], (image - mean)[:, 5:, 6:])
    np.testing.assert_array_equal(crops[8], (image - mean)[:, 5:, 6:][:, :, ::-1])


def test_a_mean_image_smaller_than_the_input_is_refused():
    settings = Settings(mean=np.ones((3, 32, 40), np.float32))
    with pytest.raises(blobnet.DataError, match="smaller than the net's input") as error:
        settings.preprocessing((1, 3, 33, 40))
    assert "got:      32 x 40" in str(error.value)
    assert settings.preprocessing((1, 3, 32, 24)).crop == (32, 24)


def test_a_crop_larger_than_the_image_is_refused(image):
    with pytest.raises(blobnet.DataError, match=r"at least 10 x 4(.|\n)*9 x 11"):
        Preprocessing(None, (10, 4), NONE, 1, "BGR")(image)


def test_shares_of_the_input_become_pixels_of_the_image():
    image = np.zeros((3, 100, 400), np.uint8)
    placed = Preprocessing((50, 80), (40, 40), NONE, 1, "BGR").placement(image)
    x, y = placed.to_image(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.5, 1.0]))
    assert x.tolist() == [100, 200, 300]  # columns 20 to 60 of 80
    assert y.tolist() == [10, 50, 90]  # rows 5 to 45 of 50


def test_steps_are_told():
    mean = np.float32([[[104]], [[117]], [[123]]])
    told = list(Preprocessing((256, 256), (224, 227), mean, 0.5, "RGB").steps())
    assert told == [
        "resized to 256 x 256",
        "the middle 224 x 227 cut out",
        "red green blue",
        "less the mean 104, 117, 123",
        "times 0.5",
    ]
    assert list(Preprocessing(None, None, NONE, 1, "GRAY").steps()) == ["grey"]


# --- from what is known to what is done -----------------------------------------------------------


def test_an_image_takes_the_inputs_size_where_nothing_else_is_said():
    made = Settings().preprocessing((10, 3, 6, 8))
    assert (made.size, made.crop, made.scale, made.channels) == ((6, 8), (6, 8), 1, "BGR")
    assert Settings(channels="RGB").preprocessing((10, 1, 6, 8)).channels == "GRAY"


def test_a_mean_image_says_what_images_are_resized_to():
    mean = np.ones((3, 256, 250), np.float32)
    made = Settings(mean=mean).preprocessing((1, 3, 227, 227))
    assert (made.size, made.crop) == ((256, 250), (227, 227))


@pytest.mark.parametrize(
    ("own", "resized"),
    [((300, 400), (600, 800)), ((100, 400), (250, 1000)), ((500, 250), (1000, 500))],
)
def test_the_shorter_side_is_resized_unless_the_longer_becomes_too_long(own, resized):
    made = Settings(shorter=600).preprocessing((1, 3, 224, 224))
    assert made.placement(np.zeros((3, *own), np.uint8)).input == resized
    assert next(made.steps()) == "the shorter side resized to 600"


def test_images_may_keep_their_size():
    made = Settings(own_size=True).preprocessing((1, 3, 227, 227))
    assert (made.size, made.crop) == (None, None)


@pytest.mark.parametrize(
    ("settings", "shape", "words"),
    [
        (Settings(), (1, 2, 6, 6), "takes no image"),
        (Settings(), (1, 10), "takes no image"),
        (Settings(mean=np.ones((2, 1, 1), np.float32)), (1, 3, 6, 6), "the mean does not fit"),
        (Settings(mean=np.ones((3, 9, 9), np.float32), size=(8, 8)), (1, 3, 6, 6), "9 x 9"),
        (Settings(mean=np.ones((3, 9, 9), np.float32), own_size=True), (1, 3, 6, 6), "does not"),
    ],
)
def test_what_does_not_fit_is_refused(settings, shape, words):
    with pytest.raises(blobnet.BlobnetError, match=words):
        settings.preprocessing(shape)


def test_what_is_said_wins_over_what_is_found():
    said = Settings(scale=0.5, origin="the options")
    found = Settings(scale=2.0, crop=(5, 5), origin="layer 'data' of train.prototxt")
    both = said.or_else(found)
    assert (both.scale, both.crop) == (0.5, (5, 5))
    assert both.origin == "the options and layer 'data' of train.prototxt"
    assert Settings().or_else(found) == found
    assert said.or_else(Settings()) == said
    assert not Settings(origin="nothing")


def test_what_is_said_as_texts():
    said = Settings(mean=np.array([104, 117, 123.5])[:, None, None], scale=0.017, size=(8, 8))
    assert said.texts(3) == {
        "channel_order": "BGR",
        "scale": "0.017",
        "mean_value": "104,117,123.5",
        "resize": "8",
    }
    of_file = Settings(channels="RGB", mean_file="mean.npy", crop=(6, 8))
    assert of_file.texts(3) == {
        "channel_order": "RGB",
        "scale": "1",
        "mean_file": "mean.npy",
        "crop_size": "6x8",
    }
    assert Settings(channels="RGB").texts(1)["channel_order"] == "gray"


def test_a_mean_that_is_said_is_not_the_one_of_a_file():
    said = Settings(mean=np.ones((3, 1, 1))).or_else(Settings(mean_file="mean.npy", scale=2.0))
    assert (said.mean_file, said.scale) == (None, 2)

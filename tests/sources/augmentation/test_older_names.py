import numpy as np
import pytest

from blobnet import LayerError
from blobnet.proto import TEST, TRAIN, TransformationParameter
from blobnet.sources.augmentation.older_names import in_todays_words
from blobnet.sources.transformer import DataTransformer


def transformed(param, phase, image, seed=0):
    transformer = DataTransformer(TransformationParameter(**param), phase, np.float64)
    out = np.empty((1, *transformer.output_shape(image.shape)))
    transformer.transform([image], np.random.default_rng(seed), out)
    return out[0]


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(3, 9, 7)).astype(np.uint8)


def places(image, crop):
    """Every square of an image, by its place."""
    rows, columns = image.shape[1:]
    for top, left in np.ndindex(rows - crop + 1, columns - crop + 1):
        yield (top, left), image[:, top : top + crop, left : left + crop]


@pytest.mark.parametrize("phase", [TRAIN, TEST])
def test_a_crop_is_random_in_every_phase(image, phase):
    seen = set()
    for seed in range(60):
        square = transformed({"var_sz_img_rand_crop": 6}, phase, image, seed)
        (place,) = (at for at, part in places(image, 6) if np.array_equal(part, square))
        seen.add(place)
    assert len(seen) == 8


@pytest.mark.parametrize("phase", [TRAIN, TEST])
def test_or_from_the_middle_in_every_phase(image, phase):
    for seed in range(5):
        square = transformed({"var_sz_img_center_crop": 5}, phase, image, seed)
        np.testing.assert_array_equal(square, image[:, 2:7, 1:6])


@pytest.mark.parametrize("side", [5, 12])
def test_the_shorter_side_has_the_length_that_is_asked_for(image, side):
    today = {
        "img_rand_resize_lower": side,
        "img_rand_resize_upper": side,
        "allow_upscale": True,
        "interpolation_algo_down": TransformationParameter.INTER_AREA,
        "interpolation_algo_up": TransformationParameter.INTER_CUBIC,
        "crop_size": 4,
        "center_crop": True,
    }
    old = {
        "var_sz_img_rand_resize_lower": side,
        "var_sz_img_rand_resize_upper": side,
        "var_sz_img_center_crop": 4,
    }
    expected = transformed(today, TRAIN, image)
    np.testing.assert_array_equal(transformed(old, TRAIN, image), expected)
    assert not np.array_equal(expected, transformed({"var_sz_img_center_crop": 4}, TRAIN, image))


def test_settings_of_today_are_left_alone():
    param = TransformationParameter(crop_size=3, var_sz_img_enabled=True)
    assert in_todays_words(param) == (param, False)


def test_several_crops_are_refused():
    with pytest.raises(LayerError, match=r"several crops.*\n.*\n.*crop_size, var_sz_img_rand_crop"):
        in_todays_words(TransformationParameter(crop_size=3, var_sz_img_rand_crop=3))


def test_a_range_has_two_ends():
    with pytest.raises(LayerError):
        DataTransformer(TransformationParameter(var_sz_img_rand_resize_upper=9), TRAIN)

import numpy as np
import pytest
from google.protobuf import text_format

from blobnet import TRAIN, LayerError
from blobnet.proto import TransformationParameter
from blobnet.sources.transformer import DataTransformer


def transformer(options):
    return DataTransformer(text_format.Parse(options, TransformationParameter()), TRAIN)


def sizes(options, image, count=60):
    rng, changes = np.random.default_rng(0), transformer(options).changes
    return {changes.apply(image, rng).shape[1:] for _ in range(count)}


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(3, 20, 40), dtype=np.uint8)


def test_intels_shorter_side_has_every_length(image):
    made = sizes("crop_size: 8 random_resize_param { min_size: 9 max_size: 12 }", image)
    assert made == {(n, 2 * n) for n in range(9, 13)}


def test_intels_sides_are_the_images_where_none_is_stated(image):
    made = sizes("crop_size: 8 random_resize_param { }", image, 200)
    assert min(made)[0] == 20
    assert max(made)[0] == 40


def test_intels_piece_has_the_crops_size(image):
    options = """crop_size: 8 random_aspect_ratio_param {
        min_area_ratio: 0.1 max_area_ratio: 0.5 aspect_ratio_change: 0.7 }"""
    assert sizes(options, image) == {(8, 8)}
    rng, changes = np.random.default_rng(0), transformer(options).changes
    assert len({changes.apply(image, rng).tobytes() for _ in range(9)}) == 9


def test_intels_way_out_is_the_whole_image(image):
    options = "crop_size: 8 random_aspect_ratio_param { max_attempt: 0 }"
    assert sizes(options, image) == {(8, 16)}


def test_nvcaffes_shorter_side(image):
    made = sizes("crop_size: 8 img_rand_resize_lower: 10 img_rand_resize_upper: 12", image)
    assert made == {(10, 20), (11, 22), (12, 24)}


def test_nvcaffe_enlarges_only_where_that_is_allowed(image):
    options = "crop_size: 8 img_rand_resize_lower: 30 img_rand_resize_upper: 30"
    assert sizes(options, image) == {(20, 40)}
    assert sizes(f"{options} allow_upscale: true interpolation_algo_up: INTER_LINEAR", image) == {
        (30, 60)
    }


def test_nvcaffes_stretches_and_ratio(image):
    tall = sizes("crop_size: 8 vertical_stretch_lower: 0.5 vertical_stretch_upper: 0.9", image)
    assert {size[1] for size in tall} == {40}
    assert 10 <= min(tall)[0] < max(tall)[0] <= 18
    wide = sizes("crop_size: 8 horizontal_stretch_lower: 0.5 horizontal_stretch_upper: 0.6", image)
    assert {size[0] for size in wide} == {20}
    ratios = sizes("crop_size: 8 rand_resize_ratio_lower: 1 rand_resize_ratio_upper: 1.5", image)
    assert all(20 <= columns <= 30 and rows == 20 for rows, columns in ratios)


@pytest.mark.parametrize("algo", ["NEAREST", "LINEAR", "CUBIC", "AREA"])
def test_every_way_of_nvcaffe(algo, image):
    options = f"""crop_size: 8 img_rand_resize_lower: 10 img_rand_resize_upper: 10
        interpolation_algo_down: INTER_{algo}"""
    assert transformer(options).transform([image], np.random.default_rng(0)).shape == (1, 3, 8, 8)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("random_resize_param { min_size: 9 max_size: 10 }", "need a crop"),
        ("crop_size: 3 random_resize_param { min_size: 9 max_size: 8 }", "no range"),
        ("random_aspect_ratio_param { } ", "cannot be followed"),
        ("crop_size: 3 random_aspect_ratio_param { aspect_ratio_change: 2 }", "cannot be followed"),
        ("crop_size: 3 vertical_stretch_lower: 2", "no range"),
        ("crop_size: 3 vertical_stretch_lower: 1 random_resize_param { }", "two forks"),
        ("distort_param { }", "no effect here"),
        (
            "resize_param { height: 3 width: 3 prob: 0.2 } resize_param { height: 3 width: 3 }",
            "prob",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(options, words):
    with pytest.raises(LayerError, match=words):
        transformer(options)


def test_a_size_below_the_crop_is_refused(image):
    options = "crop_size: 30 random_resize_param { min_size: 9 max_size: 9 }"
    with pytest.raises(LayerError, match="smaller than the crop"):
        transformer(options).transform([image], np.random.default_rng(0))


def test_a_size_is_given_before_the_crop(image):
    options = (
        "crop_h: 5 crop_w: 7 resize_param { height: 10 width: 14 } noise_param { inverse: true }"
    )
    made = transformer(options).transform([image, image[:, :9]], np.random.default_rng(0))
    assert made.shape == (2, 3, 5, 7)

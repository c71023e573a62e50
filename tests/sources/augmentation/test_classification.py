from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format

from blobnet import TEST, TRAIN, LayerError
from blobnet.proto import TransformationParameter
from blobnet.sources.augmentation.classification import smoothed, turned
from blobnet.sources.transformer import DataTransformer

RECORDED = Path(__file__).parents[2] / "reference/opencv/images.npz"
ON = "enable_classf_aug: true"


@pytest.fixture(scope="module")
def opencv():
    with np.load(RECORDED) as recorded:
        return dict(recorded)


@pytest.fixture
def image(rng):
    return rng.integers(60, 190, size=(3, 20, 30), dtype=np.uint8)


def transform(options, image, phase=TRAIN, seed=0, count=1):
    param = text_format.Parse(options, TransformationParameter())
    transformer = DataTransformer(param, phase)
    return transformer.transform([image] * count, np.random.default_rng(seed))


def test_a_turned_image_is_opencvs(opencv):
    made = turned(opencv["image"], 20)
    assert made.shape == opencv["turned_20"].shape
    different = np.abs(made.astype(int) - opencv["turned_20"]) > 1
    assert different.mean() < 0.01


@pytest.mark.parametrize(("kind", "size"), [(0, 3), (0, 5), (0, 7), (0, 9), (1, 5), (2, 5), (3, 5)])
def test_smooth_images_are_opencvs(kind, size, opencv):
    made = smoothed(opencv["image"], kind, size).astype(int)
    np.testing.assert_allclose(made, opencv[f"smooth_{kind}_{size}"], atol=1)


def test_the_shorter_side_has_a_length(image):
    options = f"{ON} min_side: 10 crop_size: 10"
    assert transform(options, image, TEST).shape == (1, 3, 10, 10)
    changes = DataTransformer(
        text_format.Parse(f"{ON} min_side_min: 5 min_side_max: 7 crop_size: 5",
                          TransformationParameter()), TRAIN).changes  # fmt: skip
    rng = np.random.default_rng(0)
    assert {changes.apply(image, rng).shape[1:] for _ in range(30)} == {(5, 8), (6, 9), (7, 11)}


def test_colours_shift_together_up_or_down(image):
    batch = transform(f"{ON} max_color_shift: 9 apply_probability: 1", image, count=40) - image
    assert (np.ptp(batch, axis=(2, 3)) == 0).all()
    shifts = batch[:, :, 0, 0]
    assert set(np.unique(np.abs(shifts))) <= set(range(10))
    assert ((shifts >= 0).all(1) | (shifts <= 0).all(1)).all()
    assert shifts.min() < -4
    assert shifts.max() > 4


def test_contrast_and_brightness(image):
    options = f"""{ON} contrast_brightness_adjustment: true apply_probability: 1
        min_contrast: 0.5 max_contrast: 0.5 max_brightness_shift: 3"""
    batch = transform(options, image, count=30)
    shifts = (batch - image * 0.5).mean((1, 2, 3)).round(0)
    assert set(shifts) == set(range(-3, 4))


def test_probability_and_phase_decide(image):
    options = f"{ON} mirror: true max_color_shift: 9 smooth_filtering: true max_rotation_angle: 9"
    np.testing.assert_array_equal(transform(options, image, TEST)[0], image)
    still = transform(f"{ON} max_color_shift: 9 apply_probability: 0", image, count=20)
    np.testing.assert_array_equal(still, [image] * 20)
    batch = transform(f"{ON} smooth_filtering: true max_smooth: 9", image, count=60)
    assert 15 < (batch != image).any((1, 2, 3)).sum() < 45


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("max_color_shift: 3", "enable_classf_aug: true"),
        (f"{ON} min_side: 3", "need a crop"),
        (f"{ON} resize_param {{ height: 3 width: 3 }}", "no effect with"),
        (f"{ON} min_contrast: 2", "no range"),
        (f"{ON} max_smooth: 1e9", "too large"),
        (f"{ON} crop_size: 3 img_rand_resize_lower: 3 img_rand_resize_upper: 4", "two forks"),
    ],
)
def test_what_makes_no_sense_is_refused(options, words, image):
    with pytest.raises(LayerError, match=words):
        transform(options, image)

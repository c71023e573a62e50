import numpy as np
import pytest
from google.protobuf import text_format

from blobnet import DataError, LayerError
from blobnet.ops.images import colors
from blobnet.proto import DistortionParameter
from blobnet.sources.augmentation.distortion import Distortion


def distorted(options, image, seed=0):
    param = text_format.Parse(options, DistortionParameter())
    return Distortion(param).apply(image, np.random.default_rng(seed))


@pytest.fixture
def image(rng):
    return rng.integers(40, 200, size=(3, 9, 11), dtype=np.uint8)


def test_without_probabilities_nothing_changes(image):
    np.testing.assert_array_equal(distorted("brightness_delta: 30", image), image)


def test_brightness_is_one_shift_within_its_bounds(image):
    shifts = set()
    for seed in range(30):
        options = "brightness_prob: 1 brightness_delta: 30"
        shift = distorted(options, image, seed).astype(int) - image
        assert np.ptp(shift) == 0
        shifts.add(shift.flat[0])
    assert -30 <= min(shifts) < -10
    assert 10 < max(shifts) <= 30


def test_contrast_is_one_factor(image):
    made = distorted("contrast_prob: 1 contrast_lower: 0.5 contrast_upper: 0.5", image)
    np.testing.assert_array_equal(made, np.rint(image * np.float32(0.5)))


def test_saturation_leaves_hue_and_value(image):
    options = "saturation_prob: 1 saturation_lower: 0.5 saturation_upper: 0.5"
    made = colors.hsv_from_bgr(distorted(options, image)).astype(int)
    before = colors.hsv_from_bgr(image).astype(int)
    np.testing.assert_allclose(made[2], before[2], atol=1)
    np.testing.assert_allclose(made[1], before[1] / 2, atol=3)
    assert np.median(np.abs(made[0] - before[0])) <= 2


def test_hue_is_shifted_alone(image):
    made = colors.hsv_from_bgr(distorted("hue_prob: 1 hue_delta: 18", image, 3)).astype(int)
    before = colors.hsv_from_bgr(image).astype(int)
    np.testing.assert_allclose(made[1:], before[1:], atol=3)
    assert 0 < np.abs(np.median(made[0] - before[0])) <= 19


def test_channels_come_in_every_order(image):
    orders = {distorted("random_order_prob: 1", image, seed).tobytes() for seed in range(60)}
    assert len(orders) == 6


def test_contrast_comes_before_or_behind_the_others(image):
    options = """contrast_prob: 1 contrast_lower: 0.3 contrast_upper: 0.3
        saturation_prob: 1 saturation_lower: 1.9 saturation_upper: 1.9"""
    assert len({distorted(options, image, seed).tobytes() for seed in range(20)}) == 2


def test_bad_input_is_refused(image):
    with pytest.raises(LayerError, match="contrast"):
        distorted("contrast_prob: 1 contrast_lower: 2 contrast_upper: 1", image)
    with pytest.raises(DataError, match="for colours"):
        distorted("hue_prob: 1 hue_delta: 5", image[:1])
    with pytest.raises(DataError, match="bytes"):
        distorted("", image.astype(np.float32))


# --- DeepDetect -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deepdetect", "ssd"),
    [
        ("brightness: true", "brightness_prob: 0.7"),
        ("contrast: true", "contrast_prob: 0.7"),
        ("saturation: true hue: true", "saturation_prob: 0.7 hue_prob: 0.7"),
        ("random_order: true all_effects: false", "random_order_prob: 0.7"),
        (
            "all_effects: true",
            "brightness_prob: 0.7 contrast_prob: 0.7 saturation_prob: 0.7 hue_prob: 0.7 "
            "random_order_prob: 0.7",
        ),
    ],
)
def test_deepdetect_has_one_chance_for_all_that_is_on(deepdetect, ssd, image):
    ranges = """brightness_delta: 30 contrast_lower: 0.5 contrast_upper: 1.5 hue_delta: 18
        saturation_lower: 0.5 saturation_upper: 1.5"""
    changed = 0
    for seed in range(20):
        made = distorted(f"prob: 0.7 {deepdetect} {ranges}", image, seed)
        np.testing.assert_array_equal(made, distorted(f"{ssd} {ranges}", image, seed))
        changed += not np.array_equal(made, image)
    assert changed > 5


def test_what_is_off_or_has_no_chance_stays_away(image):
    for options in ("prob: 1 brightness_delta: 30", "brightness: true brightness_delta: 30"):
        np.testing.assert_array_equal(distorted(options, image), image)


def test_gray_keeps_its_colours_in_deepdetect(image):
    options = "prob: 1 all_effects: true hue_delta: 18 saturation_upper: 2"
    made = distorted(f"{options} contrast_lower: 1 contrast_upper: 1", image[:1])
    np.testing.assert_array_equal(made, image[:1])

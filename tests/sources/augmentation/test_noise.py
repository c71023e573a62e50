import numpy as np
import pytest
from google.protobuf import text_format

from blobnet import DataError, LayerError
from blobnet.ops.images import colors, filters
from blobnet.proto import NoiseParameter
from blobnet.sources.augmentation.noise import Noise
from blobnet.sources.image import jpeg_again

RECORDED = "tests/reference/opencv/images.npz"


def spoiled(options, image, seed=0):
    param = text_format.Parse(options, NoiseParameter())
    return Noise(param).apply(image, np.random.default_rng(seed))


@pytest.fixture
def image(rng):
    return rng.integers(256, size=(3, 16, 24), dtype=np.uint8)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("inverse: true", lambda image: 255 - image),
        ("posterize: true", lambda image: image // 64 * 64 + 32),
        ("gauss_blur: true", filters.blur),
        ("erode: true", filters.erode),
        ("decolorize: true", lambda image: np.stack([colors.gray_from_bgr(image)] * 3)),
        ("convert_to_hsv: true", colors.hsv_from_bgr),
        ("convert_to_lab: true", colors.lab_from_bgr),
        ("jpeg: 30", lambda image: jpeg_again(image, 30)),
        ("inverse: true posterize: true", lambda image: 255 - (image // 64 * 64 + 32)),
    ],
)
def test_each_step_does_its_work(options, expected, image):
    before = image.copy()
    np.testing.assert_array_equal(spoiled(options, image), expected(image))
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize(
    ("options", "change"),
    [("hist_eq: true", filters.equalize), ("clahe: true", filters.equalize_locally)],
)
def test_levels_are_evened_out_in_the_brightness_alone(options, change, image):
    parts = colors.ycrcb_from_bgr(image)
    parts[0] = change(parts[0])
    np.testing.assert_array_equal(spoiled(options, image), colors.bgr_from_ycrcb(parts))
    np.testing.assert_array_equal(spoiled(options, image[:1])[0], change(image[0]))


def test_salt_and_pepper_is_a_share_of_the_pixels():
    image = np.zeros((3, 100, 100), np.uint8)
    options = "saltpepper: true saltpepper_param { fraction: 0.1 value: 9 value: 8 value: 7 }"
    made = spoiled(options, image)
    changed = made.any(0)
    np.testing.assert_array_equal(made[:, changed].T, np.tile([9, 8, 7], (changed.sum(), 1)))
    assert 850 < changed.sum() <= 1000
    assert (spoiled(options, image, seed=1) != made).any()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("saltpepper: true", "no value"),
        ("saltpepper: true saltpepper_param { fraction: 2 value: 1 }", "no share"),
        ("jpeg: 101", "no quality"),
    ],
)
def test_settings_without_a_sense_are_refused(options, words, image):
    with pytest.raises(LayerError, match=words):
        spoiled(options, image)


def test_gray_has_no_other_colours(image):
    with pytest.raises(DataError, match="for colours"):
        spoiled("convert_to_hsv: true", image[:1])
    with pytest.raises(DataError, match="bytes"):
        spoiled("inverse: true", image.astype(np.float32))


@pytest.mark.parametrize("quality", [95, 20])
def test_a_jpeg_is_that_of_opencv(quality):
    with np.load(RECORDED) as recorded:
        made = jpeg_again(recorded["image"], quality).astype(int)
        assert (np.abs(made - recorded[f"jpeg_{quality}"]) > 1).mean() < 0.01


# --- DeepDetect -----------------------------------------------------------------------------------


def test_each_effect_of_deepdetect_comes_by_itself(image):
    options = "prob: 0.25 all_effects: false inverse: true posterize: true"
    made = {0: image, 1: 255 - image, 2: image // 64 * 64 + 32}
    made[3] = 255 - made[2]
    found = [
        next(k for k, each in made.items() if np.array_equal(each, spoiled(options, image, seed)))
        for seed in range(3000)
    ]
    shares = np.bincount(found, minlength=4) / 3000
    np.testing.assert_allclose(shares, [0.5625, 0.1875, 0.1875, 0.0625], atol=0.03)


def test_all_effects_but_the_one_that_never_comes(image):
    effects = "gauss_blur hist_eq clahe erode posterize inverse convert_to_hsv convert_to_lab"
    of_ssd = " ".join(f"{effect}: true" for effect in effects.split())
    made = spoiled("prob: 1 all_effects: true jpeg: 40", image)
    np.testing.assert_array_equal(made, spoiled(f"{of_ssd} jpeg: 40", image))
    pepper = "all_effects: true saltpepper_param { fraction: 1 value: 9 }"
    assert not np.array_equal(spoiled(f"prob: 1 {pepper}", image), made)


@pytest.mark.parametrize("options", ["prob: 0 all_effects: true jpeg: 5", "all_effects: false"])
def test_without_a_chance_nothing_happens(options, image):
    np.testing.assert_array_equal(spoiled(options, image), image)


def test_what_needs_colours_passes_gray_by(image):
    options = "prob: 1 all_effects: false convert_to_hsv: true convert_to_lab: true"
    np.testing.assert_array_equal(spoiled(options, image[:1]), image[:1])
    np.testing.assert_array_equal(
        spoiled("prob: 1 all_effects: false decolorize: true", image), image
    )


def test_settings_of_deepdetect_without_a_sense():
    for options, words in (
        ("all_effects: true prob: 2", "no chance"),
        ("all_effects: true saltpepper_param { fraction: 0.5 }", "states no value"),
    ):
        with pytest.raises(LayerError, match=words):
            Noise(text_format.Parse(options, NoiseParameter()))

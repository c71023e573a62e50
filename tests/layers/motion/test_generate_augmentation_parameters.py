import numpy as np
import pytest

from blobnet import LayerError
from blobnet.layers.motion._coefficients import NAMES
from blobnet.testing import run_layer

SIZES = "crop_width: 8 crop_height: 8 bottomwidth: 24 bottomheight: 24"
DRAWN = "zoom { mean: 0.1 exp: true } brightness { mean: 0.2 } noise { mean: 0.3 } "


def generate(options, *bottoms, phase="TRAIN", more=""):
    return run_layer(
        f'type: "GenerateAugmentationParameters" augmentation_param {{ {options} }} {more}',
        *bottoms,
        phase=phase,
    )


def told(run, n=0):
    return dict(zip(NAMES, run.top[0].data[n, :, 0, 0].tolist(), strict=True))


def given(**values):
    row = np.zeros((2, 42, 1, 1))
    for name, value in values.items():
        row[:, NAMES.index(name)] = value
    return row


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("add", {"zoom_x": 0.15, "brightness": 0.6, "dx": 0.1, "contrast": 0.7, "noise": 0.3}),
        ("replace", {"zoom_x": 0.1, "brightness": 0.2, "dx": 0, "contrast": 0.7, "noise": 0.3}),
        ("regenerate", {"zoom_x": 0.1, "brightness": 0.2, "dx": 0, "contrast": 0, "noise": 0.3}),
    ],
)
def test_what_is_drawn_meets_what_is_given(mode, expected):
    bottom = given(zoom_x=0.05, brightness=0.4, dx=0.1, contrast=0.7)
    run = generate(f'{SIZES} {DRAWN} mode: "{mode}"', bottom)
    for n in range(2):
        found = told(run, n)
        assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_images_say_how_many_and_how_large():
    run = generate("crop_width: 8 crop_height: 8 rotate { mean: 0.1 }", np.zeros((3, 1, 24, 24)))
    assert run.top[0].shape == (3, 42, 1, 1)
    assert told(run)["angle"] == pytest.approx(0.1)


def test_sizes_come_from_images_before_and_after_the_crop():
    images, crops = np.zeros((2, 3, 24, 24)), np.zeros((2, 3, 8, 8))
    run = generate("rotate { mean: 0.1 }", given(angle=0.1), images, crops)
    assert told(run)["angle"] == pytest.approx(0.2)
    run = generate("translate_x { mean: 0.9 }", given(angle=0.1), images, images)
    assert told(run) == pytest.approx(dict.fromkeys(NAMES, 0) | {"angle": 0.1})


def test_nothing_is_drawn_in_test():
    bottom = given(dx=0.1)
    run = generate(f"{SIZES} {DRAWN}", bottom, phase="TEST")
    np.testing.assert_allclose(run.top[0].data, bottom)
    run = generate(f"{SIZES} {DRAWN} augment_during_test: true", bottom, phase="TEST")
    assert told(run)["brightness"] == pytest.approx(0.2)


def test_the_schedule_goes_on_after_a_pause():
    schedule = "coeff_schedule_param { half_life: 1 initial_coeff: 0 final_coeff: 1 }"
    options = f"{SIZES} brightness {{ spread: 1 }}"
    run = generate(options, np.zeros((1, 42, 1, 1)), more=schedule)
    run.forward()
    state = run.layer.get_state()
    run.forward()
    expected = run.top[0].data.copy()
    again = generate(options, np.zeros((1, 42, 1, 1)), more=schedule)
    again.layer.set_state(state)
    again.forward()
    np.testing.assert_array_equal(again.top[0].data, expected)


def test_what_is_refused():
    images, rows = np.zeros((1, 3, 8, 8)), given()
    for options, bottoms, words in (
        ("", (images,), "Need crop_width and crop_height"),
        ("crop_width: 8 crop_height: 8", (rows,), "Need bottomwidth and bottomheight"),
        ("", (images, images), "one .* or three"),
        (f'{SIZES} mode: "what"', (rows,), "unknown mode"),
        (SIZES, (rows[:, :41],), "42 coefficients"),
        ("crop_width: 0 crop_height: 8", (images,), "at least 1"),
    ):
        with pytest.raises(LayerError, match=words):
            generate(options, *bottoms)

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def prior_box(options, grid=(2, 3), image=(30, 40), **more):
    return run_layer(
        f'name: "p" type: "PriorBox" prior_box_param {{ {options} }}',
        np.zeros((2, 4, *grid)),
        np.zeros((2, 3, *image)),
        **more,
    )


def boxes(run):
    return run.top[0].data[0, 0].reshape(-1, 4)


def expected(grid, image, sizes, step=None, offset=0.5):
    """Box by box: the centre, then half a side to each end."""
    steps = step or (image[0] / grid[0], image[1] / grid[1])
    found = []
    for row in range(grid[0]):
        for column in range(grid[1]):
            y, x = (row + offset) * steps[0], (column + offset) * steps[1]
            for width, height in sizes:
                left, right = (x - width / 2) / image[1], (x + width / 2) / image[1]
                above, below = (y - height / 2) / image[0], (y + height / 2) / image[0]
                found.append([left, above, right, below])
    return found


def test_ssds_order_of_boxes():
    run = prior_box("min_size: 6 max_size: 24 aspect_ratio: 2 aspect_ratio: 3")
    r2, r3 = math.sqrt(2), math.sqrt(3)
    sizes = [
        (6, 6),
        (12, 12),
        (6 * r2, 6 / r2),
        (6 / r2, 6 * r2),
        (6 * r3, 6 / r3),
        (6 / r3, 6 * r3),
    ]
    assert run.top[0].shape == (1, 2, 2 * 3 * 6 * 4)
    np.testing.assert_allclose(boxes(run), expected((2, 3), (30, 40), sizes), rtol=1e-6)


def test_each_size_has_its_own_boxes():
    run = prior_box("min_size: 6 min_size: 8 max_size: 24 max_size: 18 aspect_ratio: 4 flip: false")
    sizes = [(6, 6), (12, 12), (12, 3), (8, 8), (12, 12), (16, 4)]
    np.testing.assert_allclose(boxes(run), expected((2, 3), (30, 40), sizes), rtol=1e-6)


def test_sizes_are_cut_to_whole_pixels():
    run = prior_box("min_size: 6.9 max_size: 24.7", dtype="float32")
    np.testing.assert_array_equal(
        boxes(run), boxes(prior_box("min_size: 6 max_size: 24", dtype="float32"))
    )


def test_ratios_that_are_there_already_are_left_out():
    run = prior_box(
        "min_size: 6 aspect_ratio: 1 aspect_ratio: 4 aspect_ratio: 0.25 aspect_ratio: 4"
    )
    sizes = [(6, 6), (12, 3), (3, 12)]
    np.testing.assert_allclose(boxes(run), expected((2, 3), (30, 40), sizes), rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "image", "step", "offset"),
    [
        ("step: 7", (30, 40), (7, 7), 0.5),
        ("step_h: 3 step_w: 5 offset: 0", (30, 40), (3, 5), 0),
        ("img_size: 50 offset: 0.25", (50, 50), None, 0.25),
        ("img_h: 20 img_w: 60", (20, 60), None, 0.5),
    ],
)
def test_image_step_and_offset(options, image, step, offset):
    run = prior_box(f"min_size: 6 {options}")
    np.testing.assert_allclose(
        boxes(run), expected((2, 3), image, [(6, 6)], step, offset), rtol=1e-6
    )


def test_clip_keeps_boxes_within_the_image():
    free, clipped = prior_box("min_size: 29"), prior_box("min_size: 29 clip: true")
    assert boxes(free).min() < 0 < 1 < boxes(free).max()
    np.testing.assert_array_equal(boxes(clipped), boxes(free).clip(0, 1))


@pytest.mark.parametrize(
    ("options", "variance"),
    [("", [0.1] * 4), ("variance: 0.3", [0.3] * 4),
     ("variance: 0.1 variance: 0.2 variance: 0.3 variance: 0.4", [0.1, 0.2, 0.3, 0.4])],
)  # fmt: skip
def test_variances(options, variance):
    run = prior_box(f"min_size: 6 aspect_ratio: 2 {options}")
    found = run.top[0].data[0, 1].reshape(-1, 4)
    np.testing.assert_allclose(found, np.tile(variance, (18, 1)), rtol=1e-7)


def test_denser_boxes_stand_half_a_step_lower_too():
    run = prior_box("min_size: 6 max_size: 24 denser_prior_boxes: true")
    first = expected((2, 3), (30, 40), [(6, 6), (12, 12)])
    lower = expected((2, 3), (30, 40), [(6, 6), (12, 12)], offset=0.5)
    for box in lower:
        box[1] += 7.5 / 30
        box[3] += 7.5 / 30
    both = np.stack((first, lower), axis=1).reshape(-1, 4)
    np.testing.assert_allclose(boxes(run), both, rtol=1e-6)


def test_boxes_are_computed_once_for_a_shape(monkeypatch):
    run = prior_box("min_size: 6", grid=(1, 1))
    first = boxes(run).copy()
    module = "blobnet.layers.detection.ssd.prior_box.prior_boxes"
    monkeypatch.setattr(module, lambda *args, **named: 1 / 0)
    run.top[0].data[...] = 0
    run.forward()
    np.testing.assert_array_equal(boxes(run), first)
    run.bottom[0].reshape(1, 4, 2, 2)
    with pytest.raises(ZeroDivisionError):
        run.forward()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "must provide min_size."),
        ("min_size: -1", "min_size must be positive."),
        ("min_size: 1e20", "min_size must be positive."),
        ("min_size: nan", "min_size must be positive."),
        ("min_size: 5 max_size: 6 max_size: 7", "max_size belongs to min_size"),
        ("min_size: 5 max_size: 5", "max_size must be greater than min_size."),
        ("min_size: 5 aspect_ratio: 0", "aspect_ratio must be positive."),
        ("min_size: 5 aspect_ratio: 1e-45", "aspect_ratio must be positive."),
        ("min_size: 5 variance: 0", "variance must be positive."),
        ("min_size: 5 variance: 1 variance: 1", "Must and only provide 4 variance."),
        ("min_size: 5 img_size: 3 img_h: 3", "Either img_size or img_h/img_w"),
        ("min_size: 5 img_h: 3", "img_w should be larger than 0."),
        ("min_size: 5 step_w: 3", "step_h should be larger than 0."),
        ("min_size: 5 step: 3 step_w: 3", "Either step or step_h/step_w"),
        ("min_size: 5 step: -1", "step should be larger than 0."),
    ],
)
def test_bad_settings_are_refused(options, message):
    with pytest.raises(LayerError, match=f'PriorBox layer "p": {message}'):
        prior_box(options)


def test_no_place_is_refused():
    with pytest.raises(LayerError, match="there is no place for a box"):
        prior_box("min_size: 5", grid=(0, 3))

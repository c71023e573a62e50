"""The boxes of `fixed_size` and `density`, as FaceBoxes has them."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

GRID, IMAGE = (2, 3), (64, 96)


def prior_box(options):
    run = run_layer(
        f'name: "p" type: "PriorBox" prior_box_param {{ {options} }}',
        np.zeros((2, 4, *GRID)),
        np.zeros((2, 3, *IMAGE)),
    )
    return run.top[0].data[0, 0].reshape(-1, 4)


def expected(squares, ratios, step=32):
    """Place by place, size by size, shape by shape, down and to the right: one box each."""
    found = []
    for row in range(GRID[0]):
        for column in range(GRID[1]):
            for size, density in squares:
                shift = size // density
                for ratio in ratios:
                    width, height = size * math.sqrt(ratio), size / math.sqrt(ratio)
                    for down in range(density):
                        for right in range(density):
                            x = (column + 0.5) * step - size // 2 + shift / 2 + right * shift
                            y = (row + 0.5) * step - size // 2 + shift / 2 + down * shift
                            found.append(
                                [
                                    max((x - width / 2) / IMAGE[1], 0),
                                    max((y - height / 2) / IMAGE[0], 0),
                                    min((x + width / 2) / IMAGE[1], 1),
                                    min((y + height / 2) / IMAGE[0], 1),
                                ]
                            )
    return np.array(found)


def test_each_size_stands_as_densely_as_is_stated():
    found = prior_box("fixed_size: 32 fixed_size: 17 density: 4 density: 2 step: 32")
    assert len(found) == 6 * (16 + 4)
    np.testing.assert_allclose(found, expected([(32, 4), (17, 2)], [1]), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("field", ["aspect_ratio", "fixed_ratio"])
def test_shapes(field):
    ratios = [2, 0.5] if field == "fixed_ratio" else [1, 2, 0.5]
    options = f"{field}: 2 {field}: 0.5 fixed_size: 16 density: 2 step: 32"
    np.testing.assert_allclose(
        prior_box(options), expected([(16, 2)], ratios), rtol=1e-6, atol=1e-7
    )


def test_ssds_boxes_come_behind_them_and_may_leave_the_image():
    found = prior_box("fixed_size: 60 density: 1 min_size: 60 step: 32").reshape(6, 2, 4)
    np.testing.assert_allclose(found[:, 0], expected([(60, 1)], [1]), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(found[0, 1], [-14 / 96, -14 / 64, 46 / 96, 46 / 64], rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("fixed_size: 32", "fixed_size and density belong together, one to one"),
        ("density: 2 min_size: 6", "fixed_size and density belong together, one to one"),
        ("fixed_size: 8 density: 1 denser_prior_boxes: true", "belong together, one to one"),
        ("fixed_size: 0 density: 1", "fixed_size must be positive."),
        ("fixed_size: 8 density: 0", "density must be positive."),
        ("fixed_size: 8 density: 1e9", "density must be positive."),
        ("fixed_size: 8 density: 1 fixed_ratio: -2", "fixed_ratio must be positive."),
        (
            "fixed_size: 8 density: 1 fixed_ratio: 2 aspect_ratio: 2",
            "can not provide fixed_ratio and aspect_ratio simultaneously.",
        ),
        ("fixed_size: 8 density: 1 max_size: 9", "must provide min_size."),
    ],
)
def test_settings_that_make_no_boxes(options, message):
    with pytest.raises(LayerError, match=message.replace(".", r"\.")):
        prior_box(options)

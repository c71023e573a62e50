"""PriorBox in the orders of converted nets, as prior_box_layer.cpp of Synopsys has them."""

import numpy as np
import pytest

from blobnet import LayerError
from tests.layers.detection.ssd.test_prior_box import boxes, expected, prior_box

GRID, IMAGE = (2, 3), (300, 400)
TWO, HALF, BETWEEN = (2**0.5, 2**-0.5), (2**-0.5, 2**0.5), 80.0


def made(options):
    return boxes(prior_box(f"{options} aspect_ratio: 2", GRID, IMAGE))


@pytest.mark.parametrize("order", ["tf", "keras"])
def test_where_the_square_between_stands(order):
    square, between = (64.0, 64.0), (BETWEEN, BETWEEN)
    others = [(64 * wide, 64 * high) for wide, high in (TWO, HALF)]
    sizes = [square, *others, between] if order == "tf" else [between, square, *others]
    found = made(f"min_size: 64 max_size: 100 {order}: true")
    np.testing.assert_allclose(found, expected(GRID, IMAGE, sizes), rtol=1e-6, atol=1e-7)


def test_keras_has_reciprocals_behind_all_ratios():
    three = 3**0.5
    sizes = [(64, 64), (64 * 2**0.5, 64 / 2**0.5), (64 * three, 64 / three)]
    sizes += [(64 / 2**0.5, 64 * 2**0.5), (64 / three, 64 * three)]
    found = made("min_size: 64 keras: true aspect_ratio: 2 aspect_ratio: 3")
    np.testing.assert_allclose(found, expected(GRID, IMAGE, sizes), rtol=1e-6, atol=1e-7)


def test_tensorflows_smallest_square():
    sizes = [(60, 60), (60 * TWO[0], 60 * TWO[1]), (60 * HALF[0], 60 * HALF[1])]
    plain = np.reshape(expected(GRID, IMAGE, sizes), (-1, 3, 4))
    plain[:, 0] += [0.05, 0.05, -0.05, -0.05]
    found = made("min_size: 60 tf: true").reshape(-1, 3, 4)
    np.testing.assert_allclose(found, plain, rtol=1e-6, atol=1e-7)


def test_rows_first():
    plain = made("min_size: 64")
    np.testing.assert_array_equal(made("min_size: 64 yx_order: true"), plain[:, [1, 0, 3, 2]])


def test_sizes_as_they_are():
    found = made("box_width: 30.5 box_width: 7 box_height: 20 box_height: 8.25")
    sizes = [(30.5, 20), (7, 8.25)]
    np.testing.assert_allclose(found, expected(GRID, IMAGE, sizes), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("min_size: 9 tf: true keras: true", "two orders"),
        ("box_width: 3", "same number"),
        ("box_width: 3 box_height: 0", "must be positive"),
    ],
)
def test_bad_settings_are_refused(options, words):
    with pytest.raises(LayerError, match=words):
        made(options)

"""Pixel by pixel, as au_mask_based_land_layer.cpp of JAANet."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

CENTRES = [
    "4 -1/2", "5 -1/2", "1 -1/3", "8 -1/3", "2 1/3", "7 1/3", "24 1", "29 1", "21 0", "26 0",
    "43 0", "45 0", "31 0", "37 0", "31 0", "37 0", "31 0", "37 0", "39 1/2", "41 1/2", "34 0",
    "40 0", "34 0", "40 0",
]  # fmt: skip


def masks_of(points, options):
    if "spatial_scale" not in options:
        options += " spatial_scale: 1"
    text = f'name: "m" type: "AUMaskBasedLand" au_mask_based_land_param {{ {options} }}'
    return run_layer(text, points, num_top=13)


def away_from_zero(value):
    return math.copysign(math.floor(abs(value) + 0.5), value)


def oracle(points, size, ratio, scale, coeff, lowest):
    side = math.floor(size * scale + 0.5)
    masks = np.full((13, side, side), float(lowest))
    ruler = abs(points[44] - points[50])
    for index, centre in enumerate(CENTRES):
        point, below = centre.split()
        top, _, bottom = below.partition("/")
        x = points[2 * int(point)]
        y = points[2 * int(point) + 1] + ruler * int(top) / int(bottom or 1)
        half = (size - 1) / 2 * ratio
        ends = [(c + sign * half) * scale for c in (y, x) for sign in (-1, 1)]
        top, bottom, left, right = (int(min(max(away_from_zero(end), 0), side - 1)) for end in ends)
        for i in range(top, bottom + 1):
            for j in range(left, right + 1):
                far = abs(i - y * scale) + abs(j - x * scale)
                value = max(1 - far * coeff * (100 / (size * scale)), lowest)
                masks[index // 2, i, j] = value
                masks[12, i, j] = max(masks[12, i, j], value)
    return masks


@pytest.mark.parametrize(
    ("scale", "coeff", "lowest"), [(0.5, 0.075, 0), (0.25, 0.04, 0.2), (1.5, 0.02, 0)]
)
def test_masks_around_the_centres_of_each_unit(scale, coeff, lowest, rng):
    points = rng.uniform(-3, 43, size=(2, 98))
    options = f"img_size: 40 spatial_ratio: 0.3 spatial_scale: {scale} fill_coeff: {coeff}"
    run = masks_of(points, f"{options} fill_value: {lowest}")
    for n in range(2):
        expected = oracle(points[n], 40, np.float32(0.3), scale, np.float32(coeff), lowest)
        got = [blob.data[n, 0] for blob in run.top]
        np.testing.assert_allclose(got, expected, atol=1e-6)
    run.bottom[0].diff[...] = 5
    run.backward([True])
    assert (run.bottom[0].diff == 0).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e30])
def test_points_anywhere(value):
    run = masks_of(np.full((1, 98), value), "img_size: 8 spatial_ratio: 0.2 spatial_scale: 1")
    assert run.top[12].shape == (1, 1, 8, 8)


@pytest.mark.parametrize(
    ("points", "options", "message"),
    [
        (98, 'fill_type: "gaussian"', "unknown fill_type"),
        (98, "spatial_scale: 0.01", "masks must have pixels"),
        (98, "spatial_scale: 1e9", "masks must have pixels"),
        (96, "", "a face has 49 points"),
    ],
)
def test_what_does_not_fit(points, options, message):
    with pytest.raises(LayerError, match=message):
        masks_of(np.ones((1, points)), f"img_size: 8 spatial_ratio: 0.2 {options}")

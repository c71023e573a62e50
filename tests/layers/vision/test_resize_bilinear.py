"""Pixel by pixel, as resize_bilinear_layer.cpp of Synopsys."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

RULES = ["", "align_corners", "half_pixel_centers", "pytorch_half_pixel"]


def resized(x, options):
    return run_layer(f'name: "r" type: "ResizeBilinear" resize_bilinear_param {{ {options} }}', x)


def place(i, old, new, rule):
    if rule == "align_corners" and new > 1:
        return i * (old - 1) / (new - 1)
    if rule == "pytorch_half_pixel" and new == 1:
        return -0.5
    if rule in ("half_pixel_centers", "pytorch_half_pixel"):
        return (i + 0.5) * old / new - 0.5
    return i * old / new


def along(x, axis, new, rule):
    """One axis in another length."""
    old = x.shape[axis]
    parts = []
    for i in range(new):
        p = place(i, old, new, rule)
        share = p - math.floor(p)
        low, high = max(math.floor(p), 0), min(math.ceil(p), old - 1)
        parts.append((1 - share) * x.take(low, axis) + share * x.take(high, axis))
    return np.stack(parts, axis)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("size", [(6, 8), (2, 3), (1, 1), (5, 4), (4, 5)])
@pytest.mark.parametrize("kind", ["NHWC", "NCHW"])
def test_lines_between_pixels(rule, size, kind, rng):
    x = rng.normal(size=(2, 4, 5, 3) if kind == "NHWC" else (2, 3, 4, 5))
    stated = f"{rule}: true" if rule else ""
    run = resized(
        x, f'output_height: {size[0]} output_width: {size[1]} data_format: "{kind}" {stated}'
    )
    axis = 1 if kind == "NHWC" else 2
    expected = along(along(x, axis, size[0], rule), axis + 1, size[1], rule)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-5, atol=1e-5)


def test_three_axes(rng):
    x = rng.normal(size=(1, 2, 4, 3, 5))
    run = resized(x, 'output_height: 3 scale_width: 2 output_depth: 2 data_format: "NCHWD"')
    expected = along(along(along(x, 2, 3, ""), 3, 6, ""), 4, 2, "")
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-5, atol=1e-5)


def test_sizes_by_a_factor_are_rounded_down(rng):
    run = resized(np.zeros((1, 4, 5, 1)), "scale_height: 1.7 scale_width: 0.5")
    assert run.top[0].shape == (1, 6, 2, 1)


@pytest.mark.parametrize(
    ("shape", "options", "words"),
    [
        ((1, 2, 2), "", "batch of images"),
        ((1, 2, 2, 2), "output_height: 0", "there must be a pixel"),
        ((1, 2, 2, 2), "scale_width: 0.1", "there must be a pixel"),
        ((1, 2, 2, 2), 'data_format: "HWC"', "unknown data_format"),
        ((1, 2, 2, 2), "align_corners: true half_pixel_centers: true", "at most one"),
    ],
)
def test_what_does_not_suit(shape, options, words):
    with pytest.raises(LayerError, match=words):
        resized(np.zeros(shape), options)

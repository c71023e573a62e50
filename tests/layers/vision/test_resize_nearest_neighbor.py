"""Pixel by pixel, as resize_nearest_neighbor_layer.cpp of Synopsys."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

RULES = ["", "align_corners", "half_pixel_centers", "half_pixel_onnx"]


def resized(x, options):
    text = "resize_nearest_neighbor_param"
    return run_layer(f'name: "r" type: "ResizeNearestNeighbor" {text} {{ {options} }}', x)


def source(i, old, new, rule):
    if rule == "align_corners":
        scale = (old - 1) / (new - 1) if new > 1 else old / new
        return min(math.floor(i * scale + 0.5), old - 1)
    shift = 0.5 if rule else 0
    at = (i + shift) * old / new - (0.5 if rule == "half_pixel_onnx" else 0)
    return max(min(math.floor(at), old - 1), 0)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("size", [(8, 10), (2, 3), (1, 1), (4, 5), (7, 16)])
@pytest.mark.parametrize("kind", ["NHWC", "NCHW"])
def test_the_pixel_that_is_there(rule, size, kind, rng):
    x = rng.normal(size=(2, 4, 5, 3) if kind == "NHWC" else (2, 3, 4, 5))
    stated = f"{rule}: true" if rule else ""
    run = resized(
        x, f'output_height: {size[0]} output_width: {size[1]} data_format: "{kind}" {stated}'
    )
    axis = 1 if kind == "NHWC" else 2
    rows = [source(i, 4, size[0], rule) for i in range(size[0])]
    columns = [source(i, 5, size[1], rule) for i in range(size[1])]
    expected = x.take(rows, axis).take(columns, axis + 1)
    np.testing.assert_array_equal(run.top[0].data, expected)


def test_several_rules():
    with pytest.raises(LayerError, match="at most one"):
        resized(np.zeros((1, 2, 2, 2)), "align_corners: true half_pixel_onnx: true")

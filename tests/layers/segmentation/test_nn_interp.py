"""Pixel by pixel, as nninterp_layer.cpp of HydraPlus-Net."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def interpolated(x, options):
    return run_layer(f'name: "n" type: "NNInterp" nninterp_param {{ {options} }}', x)


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("height: 7 width: 3", (7, 3)),
        ("height: 2 width: 11", (2, 11)),
        ("zoom_factor: 3", (10, 13)),
        ("shrink_factor: 2", (2, 3)),
    ],
)
def test_the_pixel_that_is_there_and_its_gradient(options, size, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = interpolated(x, options)
    assert run.top[0].shape == (2, 3, *size)
    dy = run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward([True])
    y, dx = np.empty((2, 3, *size)), np.zeros_like(x)
    for i in range(size[0]):
        for j in range(size[1]):
            row, column = i * 4 // size[0], j * 5 // size[1]
            y[:, :, i, j] = x[:, :, row, column]
            dx[:, :, row, column] += dy[:, :, i, j]
    np.testing.assert_array_equal(run.top[0].data, y)
    np.testing.assert_allclose(run.bottom[0].diff, dx)


@pytest.mark.parametrize(
    "options",
    ["", "height: 3", "zoom_factor: 2 shrink_factor: 2", "height: 2 width: 2 zoom_factor: 2"],
)
def test_a_size_is_stated_once(options):
    with pytest.raises(LayerError, match="Output dimension specified either"):
        interpolated(np.zeros((1, 1, 2, 2)), options)


@pytest.mark.parametrize("options", ["zoom_factor: 0", "shrink_factor: -1", "height: 0 width: 2"])
def test_sizes_are_positive(options):
    with pytest.raises(LayerError, match="must be positive"):
        interpolated(np.zeros((1, 1, 2, 2)), options)


def test_images_have_four_axes():
    with pytest.raises(LayerError, match="not a batch of images"):
        interpolated(np.zeros((1, 2, 2)), "zoom_factor: 2")

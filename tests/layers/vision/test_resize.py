import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def oracle(x, height, width):
    """Each new pixel from the four around it, of which those behind the image are left out."""
    y = np.zeros((*x.shape[:2], height, width))
    for n, c, i, j in np.ndindex(*y.shape):
        row, column = i * x.shape[2] / height, j * x.shape[3] / width
        for r in (math.floor(row), math.floor(row) + 1):
            for k in (math.floor(column), math.floor(column) + 1):
                if r < x.shape[2] and k < x.shape[3]:
                    y[n, c, i, j] += (1 - abs(row - r)) * (1 - abs(column - k)) * x[n, c, r, k]
    return y


@pytest.mark.parametrize("size", [(5, 7), (2, 3), (1, 9), (4, 6)])
def test_images_get_the_size_that_is_stated(size, rng):
    x = rng.normal(size=(2, 3, 4, 6))
    run = run_layer(f'type: "Resize" resize_param {{ height: {size[0]} width: {size[1]} }}', x)
    np.testing.assert_allclose(run.top[0].data, oracle(x, *size), atol=1e-12)


def test_of_a_pyramid_the_size_follows_the_image(rng):
    x = rng.normal(size=(1, 2, 4, 6))
    text = "resize_param { is_pyramid_test: true out_height_scale: 1.5 out_width_scale: 0.4 }"
    run = run_layer(f'type: "Resize" {text}', x)
    np.testing.assert_allclose(run.top[0].data, oracle(x, 6, 2), atol=1e-12)
    run.bottom[0].reshape(1, 2, 2, 9)
    run.forward()
    assert run.top[0].shape == (1, 2, 3, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("height: 3", "output width is required"),
        ("is_pyramid_test: true out_width_scale: 2", "output out_height_scale is required"),
        ("height: 0 width: 3", "should be positive"),
        ("is_pyramid_test: true out_height_scale: -2 out_width_scale: 1", "should be positive"),
        ("is_pyramid_test: true out_height_scale: nan out_width_scale: 1", "no number"),
    ],
)
def test_what_is_no_size_is_refused(options, message):
    with pytest.raises(LayerError, match=message):
        run_layer(f'type: "Resize" resize_param {{ {options} }}', np.ones((1, 1, 4, 4)))

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

TYPE = 'type: "Remap"'


def read(image, x, y):
    """Between four pixels, one by one."""
    value = 0.0
    for column in range(image.shape[1]):
        for row in range(image.shape[0]):
            near = max(0, 1 - abs(x - column)) * max(0, 1 - abs(y - row))
            value += near * image[row, column]
    return value


def test_images_are_read_between_pixels_and_are_0_outside(rng):
    x, places = rng.normal(size=(2, 3, 4, 5)), rng.uniform(-2, 6, (2, 2, 3, 6))
    places[0, :, 0, 0] = 2, 3  # a pixel itself
    run = run_layer(TYPE, x, places)
    for n, c, row, column in np.ndindex(2, 3, 3, 6):
        expected = read(x[n, c], *places[n, :, row, column])
        np.testing.assert_allclose(run.top[0].data[n, c, row, column], expected, atol=1e-12)


def test_gradients(rng):
    places = rng.integers(-2, 6, (1, 2, 3, 4)) + rng.uniform(0.1, 0.9, (1, 2, 3, 4))
    check_gradients(run_layer(TYPE, rng.normal(size=(1, 2, 4, 5)), places))


@pytest.mark.parametrize("shape", [(2, 2, 3, 3), (1, 3, 3, 3), (1, 2)])
def test_bad_shapes(shape):
    with pytest.raises(LayerError, match="two coordinates for each pixel"):
        run_layer(TYPE, np.ones((1, 1, 2, 2)), np.ones(shape))

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def upsampled(x, stride):
    text = f'name: "u" type: "UpsampleDarknet" upsample_darknet_param {{ stride: {stride} }}'
    return run_layer(text, x)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_each_pixel_several_times(stride, rng):
    x = rng.normal(size=(2, 3, 2, 4))
    run = upsampled(x, stride)
    y = run.top[0].data
    assert y.shape == (2, 3, 2 * stride, 4 * stride)
    for n, c, i, j in np.ndindex(y.shape):
        assert y[n, c, i, j] == x[n, c, i // stride, j // stride]


def test_what_does_not_suit():
    with pytest.raises(LayerError, match="at least 1"):
        upsampled(np.zeros((1, 1, 2, 2)), 0)
    with pytest.raises(LayerError, match="batch of images"):
        upsampled(np.zeros((1, 2, 2)), 2)

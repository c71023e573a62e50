import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def tiled(options, x):
    return run_layer(f'name: "t" type: "GSTiling" gs_tiling_param {{ {options} }}', x)


def test_pixels_become_channels_and_come_back(rng):
    x = rng.normal(size=(2, 3, 4, 6))
    y = tiled("stride: 2", x).top[0].data
    assert y.shape == (2, 12, 2, 3)
    for i, j, c in np.ndindex(2, 2, 3):
        np.testing.assert_array_equal(y[:, (i * 2 + j) * 3 + c], x[:, c, i::2, j::2])
    np.testing.assert_array_equal(tiled("stride: 2 reverse: true", y).top[0].data, x)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "stride must be at least 1"),
        ("stride: 3", "divide height and width"),
        ("stride: 2 reverse: true", "divide the channels"),
    ],
)
def test_what_is_refused(options, words):
    with pytest.raises(LayerError, match=words):
        tiled(options, np.zeros((1, 3, 4, 6)))

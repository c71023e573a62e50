import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def transpose(x, *dim):
    text = " ".join(f"dim: {axis}" for axis in dim)
    return run_layer(f'name: "it" type: "Transpose" transpose_param {{ {text} }}', x)


def test_each_value_moves_to_its_place(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = transpose(x, 3, 0, 2, 1)
    assert run.top[0].shape == (5, 2, 4, 3)
    for n, c, h, w in np.ndindex(x.shape):
        assert run.top[0].data[w, n, h, c] == x[n, c, h, w]


@pytest.mark.parametrize("dim", [(), (0,), (0, 0), (0, 2), (1, 0, 2)])
def test_every_axis_is_stated_once(dim):
    with pytest.raises(LayerError, match="dim with each axis from 0 to 1 once"):
        transpose(np.zeros((2, 3)), *dim)

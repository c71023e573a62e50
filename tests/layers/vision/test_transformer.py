import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def oracle(x, theta):
    y = np.zeros_like(x)
    height, width = x.shape[2:]
    for n, c, s, t in np.ndindex(*x.shape):
        place = theta[n].reshape(2, 3) @ [2 * s / height - 1, 2 * t / width - 1, 1]
        row, column = (place + 1) / 2 * [height, width]
        if not (0 <= row <= height - 1 and 0 <= column <= width - 1):
            continue
        for i in range(math.floor(row), math.ceil(row) + 1):
            for j in range(math.floor(column), math.ceil(column) + 1):
                y[n, c, s, t] += (1 - abs(row - i)) * (1 - abs(column - j)) * x[n, c, i, j]
    return y


def test_the_identity_changes_nothing(rng):
    x = rng.normal(size=(1, 2, 4, 6))
    run = run_layer('type: "Transformer"', x, [[1, 0, 0, 0, 1, 0]])
    np.testing.assert_allclose(run.top[0].data, x)


def test_each_pixel_is_read_where_theta_says(rng):
    x, theta = rng.normal(size=(4, 2, 5, 4)), rng.normal(size=(4, 6))
    run = run_layer('type: "Transformer"', x, theta)
    expected = oracle(x, theta)
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-12)
    assert (expected == 0).any()
    assert (expected != 0).any()


def test_theta_has_six_numbers():
    with pytest.raises(LayerError, match="Theta's dimension must be 6"):
        run_layer('type: "Transformer"', np.ones((1, 1, 3, 3)), [[1, 0, 0]])

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_distances_and_a_gradient_without_a_jump(rng):
    a, b = rng.normal(size=(2, 3, 4))
    a[0, 1] = b[0, 1]
    a[2, 3] = b[2, 3] + 1e-3
    run = run_layer('type: "ManhattanLoss"', a, b.reshape(3, 2, 2))
    total = sum(abs(a[n, c] - b[n, c]) for n, c in np.ndindex(3, 4))
    np.testing.assert_allclose(run.top[0].data, total / 3)
    run.top[0].diff[...] = 2
    run.backward([True, True])
    for n, c in np.ndindex(3, 4):
        d = a[n, c] - b[n, c]
        slope = d / (abs(d) + 0.001) * 2 / 3
        np.testing.assert_allclose(run.bottom[0].diff[n, c], slope)
        np.testing.assert_allclose(run.bottom[1].diff.reshape(3, 4)[n, c], -slope)
    np.testing.assert_allclose(run.bottom[0].diff[2, 3], 0.5 * 2 / 3)


def test_what_does_not_fit():
    with pytest.raises(LayerError, match="Inputs must have the same dimension"):
        run_layer('type: "ManhattanLoss"', np.ones((2, 3)), np.ones((2, 2)))

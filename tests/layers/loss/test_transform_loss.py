import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_pairs_that_are_turned(rng):
    a, b = rng.normal(size=(2, 3, 1, 1)), rng.normal(size=(2, 3))
    u, v = np.array([[0.5], [2]]), np.array([3.0, 0.25])
    run = run_layer('type: "TransformLoss" loss_weight: 4', a, b, u, v)
    apart = a.reshape(2, 3) - b
    expected = (1.5 * (apart[0] ** 2).sum() + 0.5 * (apart[1] ** 2).sum()) / 2 / 2
    np.testing.assert_allclose(run.top[0].data, expected)
    run.backward([True] * 4)
    np.testing.assert_allclose(run.bottom[0].diff.reshape(2, 3), apart * 4 / 2)
    np.testing.assert_allclose(run.bottom[1].diff, -apart * 4 / 2)
    assert not run.bottom[2].diff.any()


def test_bad_shapes():
    x = np.ones((2, 3))
    with pytest.raises(LayerError, match="do not fit together"):
        run_layer('type: "TransformLoss"', x, x, np.ones(2), np.ones((2, 2)))

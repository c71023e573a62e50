import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_the_loss_is_in_units_of_a_number(rng):
    a, b = rng.normal(size=(3, 4)), rng.normal(size=(3, 2, 2))
    run = run_layer('type: "EuclideanLoss2"', a, b, np.array([2.5, 9.0]))
    squares = sum((x - y) ** 2 for x, y in zip(a.ravel(), b.ravel(), strict=True))
    np.testing.assert_allclose(run.top[0].data, squares / 3 / 2 / 2.5)
    run.top[0].diff[...] = 6
    run.backward([True, True, False])
    expected = 6 * (a - b.reshape(3, 4)) / 3 / 2.5
    np.testing.assert_allclose(run.bottom[0].diff, expected)
    np.testing.assert_allclose(run.bottom[1].diff, -expected.reshape(3, 2, 2))


def test_what_does_not_fit(rng):
    with pytest.raises(LayerError, match="Inputs must have the same dimension"):
        run_layer('type: "EuclideanLoss2"', np.ones((2, 3)), np.ones((2, 4)), np.ones(1))
    with pytest.raises(LayerError, match="there is no unit"):
        run_layer('type: "EuclideanLoss2"', np.ones((2, 3)), np.ones((2, 3)), np.ones(0))
    run = run_layer('type: "EuclideanLoss2"', np.ones((2, 3)), np.ones((2, 3)), np.ones(1))
    with pytest.raises(LayerError, match="cannot backpropagate to the unit"):
        run.backward([True, True, True])

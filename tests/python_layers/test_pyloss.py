import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.python_layers.running import run_python


def test_it_is_euclidean_loss(rng):
    a, b = rng.normal(size=(2, 4, 3))
    run = run_python("pyloss", "EuclideanLossLayer", a, b)
    assert run.top[0].data[0] == pytest.approx(
        float(run_layer('type: "EuclideanLoss"', a, b).top[0].data)
    )
    run.top[0].diff[...] = 0  # is not read
    run.backward([True, True])
    np.testing.assert_allclose(run.bottom[0].diff, (a - b) / 4)
    np.testing.assert_allclose(run.bottom[1].diff, (b - a) / 4)


def test_as_a_loss_its_gradients_are_right(rng):
    module = 'python_param { module: "pyloss" layer: "EuclideanLossLayer" }'
    a, b = rng.normal(size=(2, 4, 3, 1, 1))
    check = run_layer(f'type: "Python" {module} loss_weight: 1', a, b)
    before = check.forward()
    check.backward([True, True])
    slope = float((check.bottom[0].diff ** 2).sum())
    check.bottom[0].data[...] -= 1e-6 * check.bottom[0].diff
    assert (before - check.forward()) / 1e-6 == pytest.approx(slope, rel=1e-4)


def test_bottoms_of_different_sizes():
    with pytest.raises(LayerError, match="another size"):
        run_python("pyloss", "EuclideanLossLayer", np.ones((2, 3)), np.ones((2, 2)))

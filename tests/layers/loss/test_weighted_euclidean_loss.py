import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

TEXT = 'type: "WeightedEuclideanLoss"'


@pytest.mark.parametrize("tail", [(), (1,)])
def test_each_item_has_a_matrix(tail, rng):
    a, b = rng.normal(size=(2, 2, 3))
    matrices = rng.normal(size=(2, 3, 3))  # not symmetric: the gradient is the fork's all the same
    run = run_layer(TEXT, a, b.reshape(2, 3, *tail), matrices.reshape(2, 3, 3, *tail))
    loss, gradient = 0, np.zeros((2, 3))
    for n, i, j in np.ndindex(2, 3, 3):
        loss += (a - b)[n, i] * matrices[n, i, j] * (a - b)[n, j]
        gradient[n, i] += matrices[n, i, j] * (a - b)[n, j]
    np.testing.assert_allclose(run.top[0].data, loss / 4)
    run.top[0].diff[...] = 6
    run.layer.backward(run.top, [True, True, False], run.bottom)
    np.testing.assert_allclose(run.bottom[0].diff, 3 * gradient)
    np.testing.assert_allclose(run.bottom[1].diff.reshape(2, 3), -3 * gradient)
    with pytest.raises(LayerError, match="cannot backpropagate to the matrices"):
        run.layer.backward(run.top, [True, True, True], run.bottom)


@pytest.mark.parametrize("shape", [(2, 3, 2), (2, 9), (1, 3, 3), (2, 3, 3, 2)])
def test_matrices_of_another_size_are_refused(shape):
    with pytest.raises(LayerError, match=r"(?s)do not fit.*bottom\[2\] of shape \(2, 3, 3\)"):
        run_layer(TEXT, np.ones((2, 3)), np.ones((2, 3)), np.ones(shape))

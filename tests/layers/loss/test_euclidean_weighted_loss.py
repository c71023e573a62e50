import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_what_is_there_counts_more(rng):
    x, t = rng.normal(size=(2, 3, 2)), rng.uniform(size=(2, 3, 2))
    text = 'type: "EuclideanWeightedLoss" euclidean_weight_param { lambda: 7 }'
    run = run_layer(text, x, t)
    loss = sum((x[i] - t[i]) ** 2 + 7 * ((x[i] - t[i]) * t[i]) ** 2 for i in np.ndindex(x.shape))
    np.testing.assert_allclose(run.top[0].data, loss / 4)
    run.top[0].diff[...] = 3
    run.layer.backward(run.top, [True, False], run.bottom)
    np.testing.assert_allclose(run.bottom[0].diff, (x - t) * (1 + 7 * t) * 1.5)


def test_another_number_of_targets_is_refused():
    with pytest.raises(LayerError, match="a target for each value"):
        run_layer('type: "EuclideanWeightedLoss"', np.ones((2, 3)), np.ones((2, 4)))


def test_targets_may_have_other_axes(rng):
    x, t = rng.normal(size=(2, 6)), rng.normal(size=(2, 3, 2, 1))
    text = 'type: "EuclideanWeightedLoss" euclidean_weight_param { lambda: 2 }'
    run, flat = run_layer(text, x, t), run_layer(text, x, t.reshape(2, 6))
    for each in (run, flat):
        each.top[0].diff[...] = 1
        each.backward([True, False])
    assert run.top[0].data == flat.top[0].data
    np.testing.assert_array_equal(run.bottom[0].diff, flat.bottom[0].diff)

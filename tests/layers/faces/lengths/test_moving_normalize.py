import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def test_the_first_mean_is_that_of_the_batch_and_moves_on_slowly():
    run = run_layer('type: "MovingNormalize"', [[3.0, 4], [0, 1]], num_top=2)
    np.testing.assert_allclose(run.top[1].data, [3])
    np.testing.assert_allclose(run.top[0].data, [[1, 4 / 3], [0, 1 / 3]])
    run.bottom[0].data[...] *= 2
    run.forward()
    np.testing.assert_allclose(run.top[1].data, [0.99 * 3 + 0.01 * 6])
    np.testing.assert_allclose(run.layer.blobs_[0].data, run.top[1].data)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, np.full((2, 2), 1 / 3.03))


def test_of_maps_the_first_lengths_alone_are_summed(rng):
    x = rng.normal(size=(2, 3, 1, 2))
    run = run_layer('type: "MovingNormalize"', x, num_top=2)
    lengths = np.linalg.norm(x, axis=1).reshape(-1)
    np.testing.assert_allclose(run.top[1].data, [(lengths[0] + lengths[1]) / 4])


def test_its_mean_is_not_learned():
    run = run_layer('type: "MovingNormalize"', [[1.0]])
    assert run.layer.layer_param_.param[0].lr_mult == 0
    with pytest.raises(LayerError, match="Cannot configure statistics"):
        run_layer('type: "MovingNormalize" param { lr_mult: 1 }', [[1.0]])

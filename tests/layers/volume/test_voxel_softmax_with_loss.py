import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def loss(x, labels):
    return run_layer('name: "loss" type: "VoxelSoftmaxWithLoss" loss_weight: 2', x, labels)


def test_the_loss_in_a_loop(rng):
    x, labels = rng.normal(size=(2, 3, 2, 2, 2)), rng.integers(5, size=(2, 1, 2, 2, 2))
    run = loss(x, labels)
    run.backward()
    total, dx = 0.0, np.zeros_like(x)
    for n, *at in np.ndindex(2, 2, 2, 2):
        place = (n, slice(None), *at)
        p = np.exp(x[place]) / np.exp(x[place]).sum()
        dx[place] = p / 8
        label = labels[(n, 0, *at)]
        if label < 3:
            total -= math.log(p[label]) / 16
            dx[(n, label, *at)] -= 1 / 8
    assert run.top[0].data == pytest.approx(total)
    np.testing.assert_allclose(run.bottom[0].diff, dx, rtol=1e-10, atol=1e-12)


def test_what_is_refused():
    x = np.zeros((1, 2, 1, 1, 1))
    with pytest.raises(LayerError, match="no class"):
        loss(x, -np.ones((1, 1, 1, 1, 1)))
    with pytest.raises(LayerError, match="a label for each voxel"):
        loss(x, np.zeros((1, 2, 1, 1, 1)))

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (2, 3, 4, 5)])
def test_channels_have_length_1_at_each_place(shape, rng):
    x = rng.normal(size=shape)
    x[0, :, ...] *= 1e-6
    run = run_layer('type: "Norm"', x)
    assert run.top[0].shape == (*shape, *(1,) * (4 - len(shape)))
    run.top[0].diff[...] = dy = rng.normal(size=run.top[0].shape)
    run.layer.backward(run.top, [True], run.bottom)
    y, dx, dy = run.top[0].data.reshape(shape), run.bottom[0].diff, dy.reshape(shape)
    for n, *place in np.ndindex(shape[0], *shape[2:]):
        at = [(n, c, *place) for c in range(3)]
        squared = sum(x[i] ** 2 for i in at)
        along = sum(x[i] * dy[i] for i in at)
        for i in at:
            assert y[i] == pytest.approx(x[i] / (math.sqrt(squared) + 1e-6))
            expected = (squared * dy[i] - x[i] * along) / (squared**1.5 + 1e-6)
            assert dx[i] == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_zeros_stay_zeros_and_learn_nothing():
    run = run_layer('type: "Norm"', np.zeros((1, 2)))
    run.top[0].diff[...] = 1
    run.layer.backward(run.top, [True], run.bottom)
    assert not run.top[0].data.any()
    assert not run.bottom[0].diff.any()


def test_items_without_channels_are_refused():
    with pytest.raises(LayerError, match="must have channels"):
        run_layer('type: "Norm"', np.zeros(3))

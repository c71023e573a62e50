import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def loss(p, t):
    return run_layer('name: "loss" type: "CrossEntropyLoss"', p, t)


def test_each_probability_is_compared_with_its_target(rng):
    p, t = rng.uniform(size=(3, 4, 1, 1)), rng.uniform(size=(3, 4))
    t[0, :2], p[0, :2] = [0, 1], [[[0]], [[1]]]
    run = loss(p, t)
    run.top[0].diff[...] = 2
    run.backward([True, False])
    total = 0.0
    for n, c in np.ndindex(3, 4):
        a, b = max(p[n, c, 0, 0], 1e-5), max(1 - p[n, c, 0, 0], 1e-5)
        total -= t[n, c] * math.log(a) + (1 - t[n, c]) * math.log(b)
        slope = (1 - t[n, c]) / b - t[n, c] / a
        np.testing.assert_allclose(run.bottom[0].diff[n, c], slope * 2 / 12)
    np.testing.assert_allclose(run.top[0].data, total / 12)


def test_no_probability_counts_as_less():
    np.testing.assert_allclose(loss([[0.0]], [[1.0]]).top[0].data, -math.log(1e-5))
    np.testing.assert_allclose(loss([[1.0]], [[0.0]]).top[0].data, -math.log(1e-5))


@pytest.mark.parametrize(("p", "t"), [(0.5, 2.0), (0.5, math.nan), (math.nan, 0.5)])
def test_targets_that_are_none(p, t):
    with pytest.raises(LayerError, match=f'"loss": loss is not >= 0(.|\n)*target {t:g}'):
        loss([[p]], [[t]])


def test_what_does_not_fit():
    with pytest.raises(LayerError, match="a target for each probability"):
        loss(np.ones((2, 3)), np.ones((2, 2)))
    with pytest.raises(LayerError, match="label inputs"):
        loss(np.full((1, 2), 0.5), np.ones((1, 2))).backward([True, True])

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def divergence(p, t):
    if p <= 1e-5:
        return t * math.log(2)
    if t <= 1e-5:
        return p * math.log(2)
    return p * math.log(2 * p) + t * math.log(2 * t) - (p + t) * math.log(p + t)


def test_divergence_of_each_item(rng):
    p, t = rng.dirichlet(np.ones(4), size=(2, 3))
    p[0, 1], t[0, 2], t[1, 3] = 0, 0, 1e-6
    run = run_layer('type: "JSDLoss"', p, t)
    total = sum(divergence(p[n, c], t[n, c]) for n, c in np.ndindex(3, 4))
    np.testing.assert_allclose(run.top[0].data, total / 6)
    run.top[0].diff[...] = 3
    run.backward([True, False])
    for n, c in np.ndindex(3, 4):
        share = 1 if t[n, c] <= 1e-5 else p[n, c] / (p[n, c] + t[n, c])
        slope = math.log(2 * share) if share else -math.inf
        np.testing.assert_allclose(run.bottom[0].diff[n, c], slope * 3 / 6)


def test_the_same_is_no_loss(rng):
    p = rng.dirichlet(np.ones(5), size=2)
    np.testing.assert_allclose(run_layer('type: "JSDLoss"', p, p).top[0].data, 0, atol=1e-15)


def test_what_does_not_fit():
    with pytest.raises(LayerError, match="Inputs must have the same dimension"):
        run_layer('type: "JSDLoss"', np.ones((2, 3)), np.ones((2, 2)))
    with pytest.raises(LayerError, match="cannot backpropagate to label inputs"):
        run_layer('type: "JSDLoss"', np.ones((2, 3)), np.ones((2, 3))).backward([True, True])

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def cross_entropy(p, t, **options):
    return run_layer('name: "l" type: "MulticlassCrossEntropyLoss"', p, t, **options)


def test_every_class_is_a_question_of_its_own(rng):
    p, t = rng.uniform(0.1, 0.9, size=(3, 4)), rng.integers(2, size=(3, 4)).astype(float)
    t[0, 0] = 0.25
    run = cross_entropy(p, t)
    total, gradient = 0.0, np.empty_like(p)
    for n, c in np.ndindex(3, 4):
        total -= t[n, c] * math.log(p[n, c]) + (1 - t[n, c]) * math.log(1 - p[n, c])
        gradient[n, c] = (p[n, c] - t[n, c]) / (p[n, c] * (1 - p[n, c])) / (3 * 4)
    np.testing.assert_allclose(run.top[0].data, total / 3)
    run.top[0].diff[...] = 2
    run.backward([True, False])
    np.testing.assert_allclose(run.bottom[0].diff, 2 * gradient)


def test_what_is_sure_and_right_loses_nothing():
    run = cross_entropy(np.array([[1, 0, 1]], "f4"), np.array([[1, 0, 0]], "f4"), dtype="f4")
    assert run.top[0].data == np.inf  # in float32 1 - 1e-10 is 1: only what is wrong
    run = cross_entropy(np.array([[1, 0, 0]], "f4"), np.array([[1, 0, 1]], "f4"), dtype="f4")
    np.testing.assert_allclose(run.top[0].data, -math.log(1e-10), rtol=1e-6)
    run.top[0].diff[...] = 1
    run.backward([True, False])
    np.testing.assert_allclose(run.bottom[0].diff, [[-1 / 3, 1 / 3, -1e10 / 3]], rtol=1e-6)


def test_what_does_not_fit():
    with pytest.raises(LayerError, match="there must be a truth for each probability"):
        cross_entropy(np.ones((2, 3)), np.ones((2, 2)))
    with pytest.raises(LayerError, match="cannot backpropagate to label inputs"):
        cross_entropy(np.ones((2, 3)), np.ones((2, 3))).backward([True, True])

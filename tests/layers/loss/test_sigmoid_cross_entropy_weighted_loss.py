import math

import numpy as np

from blobnet.testing import run_layer


def test_what_is_not_known_does_not_count(rng):
    x, t = rng.normal(size=(3, 4)), rng.integers(-1, 2, (3, 4)).astype(float)
    assert (t == -1).any()
    run = run_layer('type: "SigmoidCrossEntropyWeightedLoss"', x, t)
    loss = 0
    for n, c in np.ndindex(3, 4):
        if t[n, c] != -1:
            p = 1 / (1 + math.exp(-x[n, c]))
            loss -= math.log(p if t[n, c] else 1 - p)
    np.testing.assert_allclose(run.top[0].data, loss / 3)
    run.top[0].diff[...] = 6
    run.layer.backward(run.top, [True, False], run.bottom)
    expected = np.where(t == -1, 0, 2 * (1 / (1 + np.exp(-x)) - t))
    np.testing.assert_allclose(run.bottom[0].diff, expected)

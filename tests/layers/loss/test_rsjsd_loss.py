import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.loss.test_jsd_loss import divergence


def test_items_count_by_their_tenth_value(rng):
    p, t = rng.uniform(0.1, 0.9, size=(2, 3, 10))
    t[1, 4] = p[2, 9] = 0
    run = run_layer('type: "RSJSDLoss"', p, t)
    total, weights = 0.0, t[:, 9]
    for n in range(3):
        of_item = sum(divergence(p[n, c], t[n, c]) for c in range(9)) + divergence(p[n, 9], 1)
        total += weights[n] * of_item
    np.testing.assert_allclose(run.top[0].data, total / 6)
    run.top[0].diff[...] = 3
    run.backward([True, False])
    for n, c in np.ndindex(3, 10):
        true = 1 if c == 9 else t[n, c]
        share = 1 if true <= 1e-5 else p[n, c] / (p[n, c] + true)
        slope = 0.5 * math.log(2 * share) if share else -math.inf
        expected = slope * 3 * weights[n] / weights.sum()
        np.testing.assert_allclose(run.bottom[0].diff[n, c], expected)


def test_an_item_has_ten_values():
    with pytest.raises(LayerError, match="an item must have 10 values"):
        run_layer('type: "RSJSDLoss"', np.ones((2, 9)), np.ones((2, 9)))

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def pairwise(options, *bottoms):
    return run_layer(f'type: "PairwiseLoss" pairwise_param {{ {options} }}', *bottoms)


def oracle(x, u, z, v, threshold=-1, class_num=1, sigmoid=1.0, continuous=False, weight=1.0):
    total = count = 0.0
    dx, dz = np.zeros_like(x), np.zeros_like(z)
    for a in range(len(x)):
        for b in range(len(z)):
            product = u[a] @ v[b]
            if product < 0 or product >= u.shape[1]:
                continue
            alike = product > 0
            p = sigmoid * (x[a] @ z[b])
            lost = math.log1p(math.exp(p)) - alike * p
            if 0 <= threshold <= p:
                lost = p * (not alike)
            times = class_num if alike else 1
            total += lost * times
            count += times
            slope = 2 * (1 / (1 + math.exp(-p)) - alike) * times
            if continuous:
                similarity = product**2 / ((u[a] @ u[a] or 1) * (v[b] @ v[b] or 1))
                slope *= 4 * (similarity or 0.25)
            dx[a] += slope * z[b]
            dz[b] += slope * x[a]
    for diff in (dx, dz):
        diff *= weight / (count or 1)
        diff.reshape(-1)[: len(x)] *= sigmoid  # the first values alone
    return total / (count or 1), dx, dz


U = np.array([[1.0, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0]])
V = np.array([[0.0, 1, 0], [1, 0, 1], [-1, 0, 0], [1, 1, 1]])


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("", {}),
        ("l_threshold: 0.2", {"threshold": 0.2}),
        ("class_num: 5 sigmoid_param: 0.5", {"class_num": 5, "sigmoid": 0.5}),
        ("continous_similarity: true", {"continuous": True}),
        ("l_lambda: 0.5", {"weight": 0.5}),
    ],
)
def test_loss_and_gradients(options, settings, rng):
    x, z = rng.normal(size=(4, 2)), rng.normal(size=(4, 2))
    run = pairwise(options, x, U, z, V)
    loss, dx, dz = oracle(x, U, z, V, **settings)
    np.testing.assert_allclose(run.top[0].data, loss)
    run.top[0].diff[...] = 7  # which changes nothing
    run.backward([True, False, True, False])
    np.testing.assert_allclose(run.bottom[0].diff, dx, atol=1e-12)
    np.testing.assert_allclose(run.bottom[2].diff, dz, atol=1e-12)


def test_no_loss_without_a_weight(rng):
    x = rng.normal(size=(4, 2))
    assert pairwise("l_lambda: 0", x, U, x, V).top[0].data == 0


def test_bad_shapes(rng):
    x = rng.normal(size=(4, 2))
    with pytest.raises(LayerError, match="do not fit together"):
        pairwise("", x, U, x[:, :1], V)
    with pytest.raises(LayerError, match="do not fit together"):
        pairwise("", x, U, x, V[:, :2])

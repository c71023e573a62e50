import math

import pytest

from tests.solvers.oracle import check_rule


def adadelta(param, g, rate, memory, t):
    m, delta = param.momentum, param.delta
    memory["a"] = m * memory["a"] + (1 - m) * g * g
    change = g * math.sqrt((memory["b"] + delta) / (memory["a"] + delta))
    memory["b"] = m * memory["b"] + (1 - m) * change * change
    return rate * change


@pytest.mark.parametrize(
    "settings",
    [
        "momentum: 0.95 delta: 1e-6",
        "momentum: 0.5 delta: 0.1 weight_decay: 0.1",
        'momentum: 0.9 weight_decay: 0.1 regularization_type: "L1"',
        "momentum: 0.9 delta: 1e-3 weight_decay: 0.1 iter_size: 3 clip_gradients: 0.7",
    ],
)
def test_updates(settings, rng):
    check_rule(f'type: "AdaDelta" {settings}', adadelta, ("a", "b"), rng)

import pytest

from tests.solvers.oracle import check_rule


def nesterov(param, g, rate, memory, t):
    before = memory["h"]
    memory["h"] = param.momentum * before + rate * g
    return (1 + param.momentum) * memory["h"] - param.momentum * before


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "momentum: 0.9",
        "momentum: 0.9 weight_decay: 0.1",
        'momentum: 0.5 weight_decay: 0.1 regularization_type: "L1"',
        "momentum: 0.9 weight_decay: 0.1 iter_size: 3 clip_gradients: 0.7",
    ],
)
def test_updates(settings, rng):
    check_rule(f'type: "Nesterov" {settings}', nesterov, ("h",), rng)

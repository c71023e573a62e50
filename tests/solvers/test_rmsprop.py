import math

import pytest

from blobnet import SolverError
from tests.solver.training import make_solver
from tests.solvers.oracle import check_rule


def rmsprop(param, g, rate, memory, t):
    memory["h"] = param.rms_decay * memory["h"] + (1 - param.rms_decay) * g * g
    return rate * g / (math.sqrt(memory["h"]) + param.delta)


@pytest.mark.parametrize(
    "settings",
    [
        "",  # rms_decay is 0.99 then
        "rms_decay: 0",
        "rms_decay: 0.5 delta: 0.1 weight_decay: 0.1",
        'rms_decay: 0.9 weight_decay: 0.1 regularization_type: "L1"',
        "rms_decay: 0.9 weight_decay: 0.1 iter_size: 3 clip_gradients: 0.7",
    ],
)
def test_updates(settings, rng):
    check_rule(f'type: "RMSProp" {settings}', rmsprop, ("h",), rng)


@pytest.mark.parametrize("decay", [-0.1, 1, 1.5])
def test_a_decay_out_of_range_is_refused(decay):
    with pytest.raises(SolverError, match=rf"rms_decay.*\n.*0 <= rms_decay < 1\n.*{decay}"):
        make_solver(settings=f'type: "RMSProp" rms_decay: {decay}')


def test_momentum_is_refused():
    with pytest.raises(SolverError, match=r"cannot be used with RMSProp.*\n.*momentum: 0.9"):
        make_solver(settings='type: "RMSProp" momentum: 0.9')

import math

import pytest

from blobnet import AdaGradSolver, SolverError, parse_net, parse_solver
from tests.solver.training import RANDOM_REGRESSION, SETTINGS, make_solver
from tests.solvers.oracle import check_rule


def adagrad(param, g, rate, memory, t):
    memory["h"] += g * g
    return rate * g / (math.sqrt(memory["h"]) + param.delta)


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "delta: 0.1 weight_decay: 0.1",
        'weight_decay: 0.1 regularization_type: "L1"',
        "weight_decay: 0.1 iter_size: 3 clip_gradients: 0.7",
    ],
)
def test_updates(settings, rng):
    check_rule(f'type: "AdaGrad" {settings}', adagrad, ("h",), rng)


def test_momentum_is_refused():
    with pytest.raises(SolverError, match=r"cannot be used with AdaGrad.*\n.*momentum: 0.9\n.*fix"):
        make_solver(settings='type: "AdaGrad" momentum: 0.9')


def test_the_class_names_itself_where_the_settings_do_not():
    param = parse_solver(SETTINGS + "momentum: 0.9")
    param.net_param.CopyFrom(parse_net(RANDOM_REGRESSION))
    with pytest.raises(SolverError, match="cannot be used with AdaGrad"):
        AdaGradSolver(param)

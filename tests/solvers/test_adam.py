import math

import pytest

from blobnet import SolverError
from tests.solver.training import make_solver
from tests.solvers.oracle import check_rule


def adam(param, g, rate, memory, t):
    beta1, beta2 = param.momentum, param.momentum2
    memory["m"] = beta1 * memory["m"] + (1 - beta1) * g
    memory["v"] = beta2 * memory["v"] + (1 - beta2) * g * g
    corrected = rate * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    return corrected * memory["m"] / (math.sqrt(memory["v"]) + param.delta)


@pytest.mark.parametrize(
    "settings",
    [
        "momentum: 0.9",
        "",  # momentum 0: the gradient itself over the root
        "momentum: 0.9 momentum2: 0.9 delta: 0.5",  # a delta that would show if it were corrected
        "momentum: 0.8 momentum2: 0.99 weight_decay: 0.1",
        'momentum: 0.9 weight_decay: 0.1 regularization_type: "L1"',
        "momentum: 0.9 weight_decay: 0.1 iter_size: 3 clip_gradients: 0.7",
    ],
)
def test_updates(settings, rng):
    check_rule(f'type: "Adam" {settings}', adam, ("m", "v"), rng)


@pytest.mark.parametrize("field", ["momentum", "momentum2"])
@pytest.mark.parametrize("value", [1, -0.5, 1.5])
def test_a_momentum_without_a_correction_is_refused(field, value):
    with pytest.raises(SolverError, match=rf"{field} should.*\n.*0 <= {field} < 1\n.*{value}"):
        make_solver(settings=f'type: "Adam" {field}: {value}')

"""Momentum and weight decay as functions of the number of updates done: `momentum_policy: "poly"`.

Caffe has them constant. NVCaffe lets them grow, and Intel's Caffe corrects the momentum while the
rate warms up: SGDSolver::GetMomentum, GetWeightDecay (NVCaffe), ComputeUpdateValue (Intel) in
sgd_solver.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.lr_policies import learning_rate, warmup_rate
from blobnet.proto import SolverParameter

Policy = Callable[[SolverParameter, int], float]


def _fixed_momentum(solver: SolverParameter, iteration: int) -> float:
    """momentum, always."""
    return solver.momentum


def _poly_momentum(solver: SolverParameter, iteration: int) -> float:
    """From momentum to max_momentum, by (iteration / max_iter) ^ momentum_power."""
    share = _share(solver, iteration, "momentum_policy", solver.momentum_power)
    return solver.momentum + (solver.max_momentum - solver.momentum) * share


def _opt_momentum(solver: SolverParameter, iteration: int) -> float:
    """(1 - sqrt(rate) / 2) ^ 2, at most max_momentum where that is stated."""
    momentum = (1 - 0.5 * math.sqrt(learning_rate(solver, iteration))) ** 2
    return min(momentum, solver.max_momentum) if solver.HasField("max_momentum") else momentum


def _fixed_decay(solver: SolverParameter, iteration: int) -> float:
    """weight_decay, always."""
    return solver.weight_decay


def _poly_decay(solver: SolverParameter, iteration: int) -> float:
    """From weight_decay to max_weight_decay, by (iteration / max_iter) ^ weight_decay_power."""
    share = _share(solver, iteration, "weight_decay_policy", solver.weight_decay_power)
    return solver.weight_decay + (solver.max_weight_decay - solver.weight_decay) * share


MOMENTUM_POLICIES: dict[str, Policy] = {
    "fixed": _fixed_momentum,
    "poly": _poly_momentum,
    "opt": _opt_momentum,
}
DECAY_POLICIES: dict[str, Policy] = {"fixed": _fixed_decay, "poly": _poly_decay}


def momentum(solver: SolverParameter, iteration: int) -> float:
    """SGD's momentum in the update that follows `iteration` updates. Raises SolverError.

    While the rate warms up (`warmup_iter`), what is remembered grows as the rate does.
    """
    value = _chosen(MOMENTUM_POLICIES, solver, "momentum_policy")(solver, iteration)
    if value and iteration < solver.warmup_iter:
        before = warmup_rate(solver, max(0, iteration - 1))
        if before <= 0:
            raise SolverError(
                explain(
                    "the momentum cannot be corrected while the rate warms up from 0",
                    got=f"warmup_start_lr: {solver.warmup_start_lr:g} with momentum: {value:g}",
                    fix="let warmup_start_lr be a small rate above 0",
                )
            )
        value *= learning_rate(solver, iteration) / before
    return value


def weight_decay(solver: SolverParameter, iteration: int) -> float:
    """The weight decay in the update that follows `iteration` updates. Raises SolverError."""
    return _chosen(DECAY_POLICIES, solver, "weight_decay_policy")(solver, iteration)


def _chosen(policies: dict[str, Policy], solver: SolverParameter, field: str) -> Policy:
    name = getattr(solver, field)
    if name not in policies:
        raise SolverError(
            explain(
                f'Unknown {field.replace("_", " ")}: "{name}"',
                expected=f"{field}: one of {', '.join(policies)}",
                fix=did_you_mean(name, policies),
            )
        )
    return policies[name]


def _share(solver: SolverParameter, iteration: int, field: str, power: float) -> float:
    if solver.max_iter < 1:
        raise SolverError(
            explain(f'{field} "poly" needs max_iter in the solver', expected="at least 1")
        )
    return math.pow(iteration / solver.max_iter, power)

"""The learning rate as a function of the number of updates done: `lr_policy: "inv"`.

Functions instead of state, so that a resumed run gets the rates of the run that was not stopped.
Caffe: SGDSolver::GetLearningRate in sgd_solver.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.proto import SolverParameter

LrPolicy = Callable[[SolverParameter, int], float]


def fixed(solver: SolverParameter, iteration: int) -> float:
    """base_lr, always."""
    return solver.base_lr


def step(solver: SolverParameter, iteration: int) -> float:
    """base_lr * gamma ^ floor(iteration / stepsize)."""
    if solver.stepsize < 1:
        raise _missing(solver, "stepsize", "at least 1", solver.stepsize)
    return solver.base_lr * math.pow(solver.gamma, current_step(solver, iteration))


def exp(solver: SolverParameter, iteration: int) -> float:
    """base_lr * gamma ^ iteration."""
    return solver.base_lr * math.pow(solver.gamma, iteration)


def inv(solver: SolverParameter, iteration: int) -> float:
    """base_lr * (1 + gamma * iteration) ^ -power."""
    return solver.base_lr * math.pow(1 + solver.gamma * iteration, -solver.power)


def multistep(solver: SolverParameter, iteration: int) -> float:
    """base_lr * gamma ^ (number of stepvalues passed)."""
    return solver.base_lr * math.pow(solver.gamma, current_step(solver, iteration))


def poly(solver: SolverParameter, iteration: int) -> float:
    """base_lr * (1 - iteration / max_iter) ^ power: zero at the end, or NVCaffe's min_lr."""
    if solver.max_iter < 1:
        raise _missing(solver, "max_iter", "at least 1", solver.max_iter)
    share = math.pow(max(0.0, 1 - iteration / solver.max_iter), solver.power)
    return (solver.base_lr - solver.min_lr) * share + solver.min_lr


def sigmoid(solver: SolverParameter, iteration: int) -> float:
    """base_lr / (1 + e ^ (-gamma * (iteration - stepsize)))."""
    exponent = -solver.gamma * (iteration - solver.stepsize)
    return solver.base_lr / (1 + math.exp(min(exponent, 700.0)))  # e ^ 700 is still a number


def multifixed(solver: SolverParameter, iteration: int) -> float:
    """The stagelr of the first stageiter that is not passed, the last one for ever (YOLO)."""
    if not solver.stagelr or len(solver.stagelr) != len(solver.stageiter):
        counts = f"{len(solver.stagelr)} stagelr, {len(solver.stageiter)} stageiter"
        raise SolverError(
            explain(
                'lr_policy "multifixed" needs as many stagelr as stageiter in the solver',
                got=counts,
                fix="stagelr: 0.001  stageiter: 100  stagelr: 0.01  stageiter: 20000",
            )
        )
    stages = zip(solver.stageiter, solver.stagelr, strict=True)
    return next((rate for last, rate in stages if iteration <= last), solver.stagelr[-1])


def plateau(solver: SolverParameter, iteration: int) -> float:
    """base_lr; and times gamma for each window without progress: see `reports/plateau.py`."""
    return solver.base_lr


LR_POLICIES: dict[str, LrPolicy] = {
    "fixed": fixed,
    "step": step,
    "exp": exp,
    "inv": inv,
    "multistep": multistep,
    "poly": poly,
    "sigmoid": sigmoid,
    "multifixed": multifixed,
    "plateau": plateau,
}


def warmup_rate(solver: SolverParameter, iteration: int) -> float:
    """From warmup_start_lr to base_lr in a straight line, in warmup_iter iterations (Intel)."""
    done = iteration / solver.warmup_iter
    return done * solver.base_lr + (1 - done) * solver.warmup_start_lr


def _rampup_rate(solver: SolverParameter, iteration: int) -> float:
    """From rampup_lr to base_lr by the square of what is done of rampup_interval (NVCaffe)."""
    done = iteration / solver.rampup_interval
    return solver.rampup_lr + (solver.base_lr - solver.rampup_lr) * done * done


def _begins_with(solver: SolverParameter, iteration: int) -> LrPolicy | None:
    """What comes before the policy, while it does."""
    if iteration < solver.warmup_iter:
        return warmup_rate
    return _rampup_rate if iteration < solver.rampup_interval else None


def learning_rate(solver: SolverParameter, iteration: int) -> float:
    """The rate of the update that follows `iteration` updates. Raises SolverError."""
    policy = LR_POLICIES.get(solver.lr_policy)
    if policy is None:
        raise SolverError(
            explain(
                f'Unknown learning rate policy: "{solver.lr_policy}"',
                expected=f"lr_policy: one of {', '.join(LR_POLICIES)}",
                fix=did_you_mean(solver.lr_policy, LR_POLICIES),
            )
        )
    try:
        rate = (_begins_with(solver, iteration) or policy)(solver, iteration)
    except (OverflowError, ValueError):  # what math says where C gives inf or nan
        rate = math.nan
    if not math.isfinite(rate):
        raise SolverError(
            explain(
                f"iteration {iteration}: the learning rate is not a finite number",
                got=f'lr_policy "{solver.lr_policy}" with base_lr {solver.base_lr:g}, '
                f"gamma {solver.gamma:g}, power {solver.power:g}",
                fix="gamma is positive, and at most 1 where the rate is to fall",
            )
        )
    return max(rate, solver.min_lr) if solver.HasField("min_lr") else rate


def current_step(solver: SolverParameter, iteration: int) -> int:
    """How many steps "step" and "multistep" have gone down; 0 with the other policies."""
    if solver.lr_policy == "step":
        return iteration // solver.stepsize
    return _stepvalues_passed(solver, iteration) if solver.lr_policy == "multistep" else 0


def _stepvalues_passed(solver: SolverParameter, iteration: int) -> int:
    """How many stepvalues lie behind; Caffe passes at most one per iteration."""
    passed_at = -1
    for count, value in enumerate(solver.stepvalue):
        passed_at = max(value, passed_at + 1)
        if iteration < passed_at:
            return count
    return len(solver.stepvalue)


def _missing(solver: SolverParameter, field: str, expected: str, got: int) -> SolverError:
    return SolverError(
        explain(
            f'lr_policy "{solver.lr_policy}" needs {field} in the solver',
            expected=expected,
            got=got,
            fix=f"{field}: 1000",
        )
    )

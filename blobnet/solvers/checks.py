"""Settings that several update rules ask the same of."""

from __future__ import annotations

from blobnet.errors import SolverError, did_you_mean, explain
from blobnet.proto import SolverParameter
from blobnet.reports.log import log

_REGULARIZATION_TYPES = ("L2", "L1")


def check_regularization(param: SolverParameter) -> None:
    """Raise SolverError for a regularization_type that there is not."""
    check_regularization_type(param.regularization_type)


def check_regularization_type(kind: str, who: str = "") -> None:
    """The same for what is stated for single weights; `who` is the message's beginning."""
    if kind not in _REGULARIZATION_TYPES:
        raise SolverError(
            explain(
                f"{who}Unknown regularization type: {kind}",
                expected=" or ".join(_REGULARIZATION_TYPES),
                fix=did_you_mean(kind, _REGULARIZATION_TYPES),
            )
        )


def warn_of_sgd_settings(param: SolverParameter) -> None:
    """Say which settings only SGD heeds, in the forks that have them, too."""
    for field in ("momentum_policy", "local_lr_auto"):
        stated = getattr(param, field)
        if stated and stated != "fixed":
            log.warning("solver: %s: only SGD heeds it, not %s", field, param.type)


def refuse_momentum(param: SolverParameter, solver: str) -> None:
    """Raise SolverError where a rule without momentum is given one; `solver` is its class."""
    if param.momentum:
        raise SolverError(
            explain(
                f"Momentum cannot be used with {solver.removesuffix('Solver')}.",
                got=f"momentum: {param.momentum:g}",
                fix="leave momentum out of the solver",
            )
        )


def check_decay(param: SolverParameter, field: str) -> None:
    """Raise SolverError where a mean would forget nothing, or more than all."""
    decay = getattr(param, field)
    if not 0 <= decay < 1:
        raise SolverError(
            explain(
                f"{field} should lie between 0 and 1.",
                expected=f"0 <= {field} < 1",
                got=f"{decay:g}",
            )
        )

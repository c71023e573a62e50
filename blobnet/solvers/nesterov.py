"""Nesterov's accelerated gradient."""

from __future__ import annotations

from blobnet.ops import update_rules
from blobnet.solvers.rule import UpdateRule
from blobnet.solvers.sgd import SGDSolver


class NesterovSolver(SGDSolver):
    """h' = momentum * h + lr * g,  w -= (1 + momentum) * h' - momentum * h;  history_ is [h_i].

    Sutskever et al., ICML 2013.  Caffe: nesterov_solver.cpp.
    """

    rule = UpdateRule(
        update_rules.nesterov,
        formula="h' = momentum * h + rate * g,  w = w - ((1 + momentum) * h' - momentum * h)",
        memory=("h",),
        settings=("momentum",),
    )

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        return rate, self.param.momentum, 1 + self.param.momentum

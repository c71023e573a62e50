"""AdaGrad: rates that fall with the sum of squared gradients."""

from __future__ import annotations

from blobnet.ops import update_rules
from blobnet.solvers.checks import refuse_momentum
from blobnet.solvers.rule import UpdateRule
from blobnet.solvers.sgd import SGDSolver


class AdaGradSolver(SGDSolver):
    """h += g^2,  w -= lr * g / (sqrt(h) + delta);  history_ is [h_i]; no momentum.

    Duchi, Hazan and Singer, JMLR 2011.  Caffe: adagrad_solver.cpp.
    """

    history_meaning = "sums of squared gradients"
    rule = UpdateRule(
        update_rules.adagrad,
        formula="h = h + g^2,  w = w - rate * g / (sqrt(h) + delta)",
        memory=("h",),
        settings=("delta",),
    )

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        return rate, self.param.delta

    def check_param(self) -> None:
        super().check_param()
        refuse_momentum(self.param, type(self).__name__)

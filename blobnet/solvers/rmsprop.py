"""RMSProp: rates divided by a running mean of squared gradients."""

from __future__ import annotations

from blobnet.ops import update_rules
from blobnet.solvers.checks import check_decay, refuse_momentum
from blobnet.solvers.rule import UpdateRule
from blobnet.solvers.sgd import SGDSolver


class RMSPropSolver(SGDSolver):
    """h = d * h + (1 - d) * g^2,  w -= lr * g / (sqrt(h) + delta), d = rms_decay; no momentum.

    history_ is [h_i].  Tieleman and Hinton, Coursera 2012, lecture 6.5.  Caffe: rmsprop_solver.cpp.
    """

    history_meaning = "means of squared gradients"
    rule = UpdateRule(
        update_rules.rmsprop,
        formula="h = rms_decay * h + (1 - rms_decay) * g^2,  w = w - rate * g / (sqrt(h) + delta)",
        memory=("h",),
        settings=("rms_decay", "delta"),
    )

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        return rate, self.param.rms_decay, 1 - self.param.rms_decay, self.param.delta

    def check_param(self) -> None:
        super().check_param()
        refuse_momentum(self.param, type(self).__name__)
        check_decay(self.param, "rms_decay")

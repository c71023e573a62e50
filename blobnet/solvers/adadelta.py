"""AdaDelta: rates that follow the ratio of past changes to past gradients."""

from __future__ import annotations

from blobnet.ops import update_rules
from blobnet.solvers.rule import UpdateRule
from blobnet.solvers.sgd import SGDSolver


class AdaDeltaSolver(SGDSolver):
    """a = m * a + (1 - m) * g^2,  u = g * sqrt((b + delta) / (a + delta)),
    b = m * b + (1 - m) * u^2,  w -= lr * u, m = momentum.

    history_ is [a_1, ..., a_n, b_1, ..., b_n].  Zeiler, arXiv 1212.5701.
    Caffe: adadelta_solver.cpp.
    """

    history_meaning = "means of squared gradients and changes"
    rule = UpdateRule(
        update_rules.adadelta,
        formula="a = m * a + (1 - m) * g^2,  u = g * sqrt((b + delta) / (a + delta)),  "
        "b = m * b + (1 - m) * u^2,  w = w - rate * u,  with m = momentum",
        memory=("a", "b"),
        settings=("momentum", "delta"),
    )

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        return rate, self.param.momentum, 1 - self.param.momentum, self.param.delta

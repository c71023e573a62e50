"""Adam: momentum of the gradient over the root of the mean of its square."""

from __future__ import annotations

import math

from blobnet.ops import update_rules
from blobnet.solvers.checks import check_decay
from blobnet.solvers.rule import UpdateRule
from blobnet.solvers.sgd import SGDSolver


class AdamSolver(SGDSolver):
    """m = b1 * m + (1 - b1) * g,  v = b2 * v + (1 - b2) * g^2,
    w -= lr * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + delta), b1 = momentum, b2 = momentum2.

    t counts from 1; delta stands outside of the bias correction, as in Caffe.
    history_ is [m_1, ..., m_n, v_1, ..., v_n].  Kingma and Ba, ICLR 2015.  Caffe: adam_solver.cpp.
    """

    history_meaning = "means of gradients and of their squares"
    rule = UpdateRule(
        update_rules.adam,
        formula="m = b1 * m + (1 - b1) * g,  v = b2 * v + (1 - b2) * g^2,  "
        "w = w - rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + delta),  "
        "with b1 = momentum, b2 = momentum2, t = iteration + 1",
        memory=("m", "v"),
        settings=("momentum", "momentum2", "delta"),
    )

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        """The rate comes times what makes good that both means began at 0."""
        beta1, beta2, t = self.param.momentum, self.param.momentum2, self.iter_ + 1
        rate = rate * math.sqrt(1 - math.pow(beta2, t)) / (1 - math.pow(beta1, t))
        return rate, beta1, 1 - beta1, beta2, 1 - beta2, self.param.delta

    def check_param(self) -> None:
        super().check_param()
        check_decay(self.param, "momentum")
        check_decay(self.param, "momentum2")

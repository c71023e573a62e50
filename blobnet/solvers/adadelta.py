"""AdaDelta: rates that follow the ratio of past changes to past gradients."""

from __future__ import annotations

import numpy as np

from blobnet.solvers.sgd import SGDSolver, covered_by
from blobnet.types import Array


class AdaDeltaSolver(SGDSolver):
    """a = m * a + (1 - m) * g^2,  u = g * sqrt((b + delta) / (a + delta)),
    b = m * b + (1 - m) * u^2,  w -= lr * u, m = momentum.

    history_ is [a_1, ..., a_n, b_1, ..., b_n].  Zeiler, arXiv 1212.5701.
    Caffe: adadelta_solver.cpp.
    """

    history_meaning = "means of squared gradients and changes"

    def make_history(self) -> list[Array]:
        return super().make_history() + super().make_history()

    @covered_by("adadelta")
    def compute_update_value(self, index: int, data: Array, diff: Array, rate: float) -> None:
        gradients = self.history_[index]
        changes = self.history_[index + len(self.net.learnable_params)]
        momentum, delta = self.param.momentum, self.param.delta
        gradients *= momentum
        gradients += (1 - momentum) * diff * diff
        diff *= np.sqrt((changes + delta) / (gradients + delta))
        changes *= momentum
        changes += (1 - momentum) * diff * diff
        diff *= rate

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        return rate, self.param.momentum, 1 - self.param.momentum, self.param.delta

"""Nesterov's accelerated gradient."""

from __future__ import annotations

from blobnet.solvers.sgd import SGDSolver, covered_by
from blobnet.types import Array


class NesterovSolver(SGDSolver):
    """h' = momentum * h + lr * g,  w -= (1 + momentum) * h' - momentum * h;  history_ is [h_i].

    Sutskever et al., ICML 2013.  Caffe: nesterov_solver.cpp.
    """

    @covered_by("nesterov")
    def compute_update_value(self, index: int, data: Array, diff: Array, rate: float) -> None:
        history, momentum = self.history_[index], self.param.momentum
        before = momentum * history
        history *= momentum
        history += rate * diff
        diff[...] = (1 + momentum) * history - before

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        return rate, self.param.momentum, 1 + self.param.momentum

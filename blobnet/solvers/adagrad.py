"""AdaGrad: rates that fall with the sum of squared gradients."""

from __future__ import annotations

import numpy as np

from blobnet.solvers.sgd import SGDSolver, covered_by
from blobnet.types import Array


class AdaGradSolver(SGDSolver):
    """h += g^2,  w -= lr * g / (sqrt(h) + delta);  history_ is [h_i]; no momentum.

    Duchi, Hazan and Singer, JMLR 2011.  Caffe: adagrad_solver.cpp.
    """

    history_meaning = "sums of squared gradients"

    def check_param(self) -> None:
        super().check_param()
        self._require_no_momentum()

    @covered_by("adagrad")
    def compute_update_value(self, index: int, data: Array, diff: Array, rate: float) -> None:
        history = self.history_[index]
        history += diff * diff
        diff *= rate / (np.sqrt(history) + self.param.delta)

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        return rate, self.param.delta

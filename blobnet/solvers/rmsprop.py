"""RMSProp: rates divided by a running mean of squared gradients."""

from __future__ import annotations

import numpy as np

from blobnet.errors import SolverError, explain
from blobnet.solvers.sgd import SGDSolver, covered_by
from blobnet.types import Array


class RMSPropSolver(SGDSolver):
    """h = d * h + (1 - d) * g^2,  w -= lr * g / (sqrt(h) + delta), d = rms_decay; no momentum.

    history_ is [h_i].  Tieleman and Hinton, Coursera 2012, lecture 6.5.  Caffe: rmsprop_solver.cpp.
    """

    history_meaning = "means of squared gradients"

    def check_param(self) -> None:
        super().check_param()
        self._require_no_momentum()
        if not 0 <= self.param.rms_decay < 1:
            raise SolverError(
                explain(
                    "rms_decay should lie between 0 and 1.",
                    expected="0 <= rms_decay < 1",
                    got=f"{self.param.rms_decay:g}",
                )
            )

    @covered_by("rmsprop")
    def compute_update_value(self, index: int, data: Array, diff: Array, rate: float) -> None:
        history, decay = self.history_[index], self.param.rms_decay
        history *= decay
        history += (1 - decay) * diff * diff
        diff *= rate / (np.sqrt(history) + self.param.delta)

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        return rate, self.param.rms_decay, 1 - self.param.rms_decay, self.param.delta

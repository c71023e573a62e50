"""Adam: momentum of the gradient over the root of the mean of its square."""

from __future__ import annotations

import math

import numpy as np

from blobnet.errors import SolverError, explain
from blobnet.solvers.sgd import SGDSolver, covered_by
from blobnet.types import Array


class AdamSolver(SGDSolver):
    """m = b1 * m + (1 - b1) * g,  v = b2 * v + (1 - b2) * g^2,
    w -= lr * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + delta), b1 = momentum, b2 = momentum2.

    t counts from 1; delta stands outside of the bias correction, as in Caffe.
    history_ is [m_1, ..., m_n, v_1, ..., v_n].  Kingma and Ba, ICLR 2015.  Caffe: adam_solver.cpp.
    """

    history_meaning = "means of gradients and of their squares"

    def check_param(self) -> None:
        super().check_param()
        for field in ("momentum", "momentum2"):
            if not 0 <= getattr(self.param, field) < 1:
                raise SolverError(
                    explain(
                        f"{field} should lie between 0 and 1.",
                        expected=f"0 <= {field} < 1",
                        got=f"{getattr(self.param, field):g}",
                    )
                )

    def make_history(self) -> list[Array]:
        return super().make_history() + super().make_history()

    @covered_by("adam")
    def compute_update_value(self, index: int, data: Array, diff: Array, rate: float) -> None:
        mean = self.history_[index]
        variance = self.history_[index + len(self.net.learnable_params)]
        beta1, beta2 = self.param.momentum, self.param.momentum2
        mean *= beta1
        mean += (1 - beta1) * diff
        variance *= beta2
        variance += (1 - beta2) * diff * diff
        np.divide(self._corrected(rate) * mean, np.sqrt(variance) + self.param.delta, out=diff)

    def rule_numbers(self, rate: float) -> tuple[float, ...]:
        beta1, beta2, delta = self.param.momentum, self.param.momentum2, self.param.delta
        return self._corrected(rate), beta1, 1 - beta1, beta2, 1 - beta2, delta

    def _corrected(self, rate: float) -> float:
        """The rate, times what makes good that both means began at 0."""
        beta1, beta2, t = self.param.momentum, self.param.momentum2, self.iter_ + 1
        return rate * math.sqrt(1 - math.pow(beta2, t)) / (1 - math.pow(beta1, t))

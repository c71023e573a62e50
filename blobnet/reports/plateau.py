"""lr_policy "plateau" of SSD: the rate falls when the smoothed loss has not for some time.

The other policies are functions of the iteration (`lr_policies.py`); this one is one of all losses
so far. Caffe: SGDSolver::GetLearningRate in sgd_solver.cpp of SSD (weiliu89/caffe).
"""

from __future__ import annotations

import math
from typing import Any

from blobnet.proto import SolverParameter
from blobnet.reports.log import log


class Plateau:
    """How many steps the rate has gone down, and what that depends on.

    current_step     so many of the windows in `plateau_winsize` have passed without progress
    minimum_loss     the smallest smoothed loss so far
    iter_last_event  when the loss was last smaller than ever, or the rate went down
    """

    def __init__(self, param: SolverParameter) -> None:
        self._param = param
        self._is_used = param.lr_policy == "plateau"
        self.current_step, self.minimum_loss, self.iter_last_event = 0, math.inf, 0

    def update(self, smoothed_loss: float, iteration: int) -> None:
        """Take in the loss of an iteration, before its update."""
        if not self._is_used:
            return
        if smoothed_loss < self.minimum_loss:
            self.minimum_loss, self.iter_last_event = smoothed_loss, iteration
        windows = self._param.plateau_winsize
        step = self.current_step
        if step < len(windows) and iteration >= self.iter_last_event + windows[step]:
            self.current_step, self.iter_last_event = step + 1, iteration
            log.info("Plateau Status: Iteration %d, step = %d", iteration, step + 1)
        display = self._param.display
        if display and iteration % display == 0 and self.iter_last_event > iteration - display:
            log.info(
                "Plateau Status: Iteration %d, current minimum_loss = %g",
                iteration,
                self.minimum_loss,
            )

    def rate(self, base: float) -> float:
        """What is left of a policy's rate."""
        return base * math.pow(self._param.gamma, self.current_step) if self._is_used else base

    def restart(self, current_step: int, iteration: int) -> None:
        """Go on from a state of Caffe's, which tells no more that is read."""
        self.current_step, self.minimum_loss, self.iter_last_event = (
            current_step,
            math.inf,
            iteration,
        )

    def get_state(self) -> dict[str, Any]:
        return {
            "current_step": self.current_step,
            "minimum_loss": self.minimum_loss if math.isfinite(self.minimum_loss) else None,
            "iter_last_event": self.iter_last_event,
        }

    def set_state(self, state: dict[str, Any] | None) -> None:
        """Go on from a state that `get_state` gave; none is one of before there was this policy."""
        if state is None:
            return
        least = state["minimum_loss"]
        self.current_step = int(state["current_step"])
        self.minimum_loss = math.inf if least is None else float(least)
        self.iter_last_event = int(state["iter_last_event"])

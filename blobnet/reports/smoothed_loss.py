"""The loss that is displayed: a running mean over the last `average_loss` iterations.

Caffe: Solver::UpdateSmoothedLoss in solver.cpp.
"""

from __future__ import annotations

from typing import Any


class SmoothedLoss:
    """The mean of the last `window` losses, updated without adding them all up again."""

    def __init__(self, window: int) -> None:
        self.value = 0.0
        self._window = max(window, 1)
        self._losses: list[float] = []
        self._first_iter = 0

    def restart(self, iteration: int) -> None:
        """Forget everything; the next loss belongs to `iteration`."""
        self.value, self._losses, self._first_iter = 0.0, [], iteration

    def add(self, loss: float, iteration: int) -> None:
        if len(self._losses) < self._window:
            self._losses.append(loss)
            size = len(self._losses)
            self.value = (self.value * (size - 1) + loss) / size
        else:
            index = (iteration - self._first_iter) % self._window
            self.value += (loss - self._losses[index]) / self._window
            self._losses[index] = loss

    def get_state(self) -> dict[str, Any]:
        return {"value": self.value, "losses": list(self._losses), "first_iter": self._first_iter}

    def set_state(self, state: dict[str, Any]) -> None:
        self.value = float(state["value"])
        self._losses = [float(loss) for loss in state["losses"]]
        self._first_iter = int(state["first_iter"])

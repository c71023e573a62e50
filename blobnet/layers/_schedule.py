"""A number that changes from forward to forward, and the count of forwards that snapshots keep."""

from __future__ import annotations

from typing import Any

from blobnet.layer import Layer


class CountingLayer(Layer):
    """Counts its forwards, beginning where the prototxt's `iteration` says."""

    _iteration = 0

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "iteration": self._iteration}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._iteration = int(state["iteration"])


def power_of_steps(gamma: float, power: float, iteration: int) -> float:
    """(1 + gamma * iteration) ** power, as C has it: NaN and inf instead of errors."""
    base = 1 + gamma * iteration
    try:
        result = base**power
    except ZeroDivisionError:
        return float("inf")
    except OverflowError:
        return float("inf") if base > 0 else float("nan")
    return float("nan") if isinstance(result, complex) else float(result)

"""Which base_lr suits a training: its loss while the rate grows step by step (Smith, 2017).

"Cyclical Learning Rates for Training Neural Networks", section 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from blobnet.errors import SolverError, explain
from blobnet.solver.solver import Solver
from blobnet.types import Array

_WORSE = 4  # times the lowest loss: from there on it will not come back
_NEIGHBOURS = 3  # steps on either side that a smoothed loss takes in
_FEWEST = 5  # steps, for a slope to mean anything


@dataclass
class RateRange:
    """What a training's loss does while the rate grows.

    rates, losses  of each step: the loss is that before the update with the rate
    stop           why it ended before all rates were tried; empty where it did not
    """

    rates: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    stop: str = ""

    def smoothed(self) -> Array:
        """A mean of the losses of each step and of its neighbours, which count less."""
        return _smoothed(self.losses)

    def steepest(self) -> float | None:
        """The rate at which the loss falls fastest by the logarithm of the rate.

        None where it does not fall.
        """
        if len(self.losses) < _FEWEST:
            return None
        smoothed = self.smoothed()
        slopes = np.gradient(smoothed, np.log(self.rates))
        falling = slopes[: int(smoothed.argmin()) + 1]
        at = int(falling.argmin())
        return self.rates[at] if falling[at] < 0 else None

    def lowest(self) -> float:
        """The rate at which the loss is lowest: from a little above it, training fails."""
        return self.rates[int(self.smoothed().argmin())]

    def suggestion(self) -> float | None:
        """A rate to begin with, None where the loss does not fall.

        In the middle, by factors, between a tenth of the rate with the lowest loss and the one
        where it falls fastest.
        """
        steepest = self.steepest()
        return None if steepest is None else math.sqrt(self.lowest() / 10 * steepest)


def find_rates(
    solver: Solver, lowest: float = 1e-6, highest: float = 10.0, iterations: int = 100
) -> RateRange:
    """Train with rates from `lowest` to `highest`, each larger by the same factor.

    The solver's weights and settings are of no use afterwards. It stops where the loss is four
    times its lowest or no number. Raises SolverError for rates that make no range.
    """
    if not 0 < lowest < highest or iterations < 2:
        raise SolverError(
            explain(
                "these rates make no range",
                expected="0 < lowest < highest, and at least 2 iterations",
                got=f"{lowest:g} to {highest:g} in {iterations}",
            )
        )
    param, found = solver.param, RateRange()
    param.test_interval = param.display = param.snapshot = 0
    param.snapshot_after_train = False
    param.ClearField("rampup_interval")
    param.lr_policy = "fixed"
    for rate in np.geomspace(lowest, highest, iterations):
        param.base_lr = rate
        before = solver.iter
        try:
            solver.step(1)
        except SolverError as error:
            found.stop = str(error).splitlines()[0]
            break
        if solver.iter == before:
            found.stop = "it was interrupted"
            break
        found.rates.append(float(rate))
        found.losses.append(solver.loss)
        lately = sorted(found.losses[-_FEWEST:])[len(found.losses[-_FEWEST:]) // 2]
        if len(found.losses) > _FEWEST and lately > _WORSE * max(found.smoothed().min(), 0):
            found.stop = f"the loss is more than {_WORSE} times its lowest"
            break
    return found


def _smoothed(losses: Sequence[float]) -> Array:
    """Means over neighbours on both sides: one of the past alone would lag behind the rates."""
    weights = np.bartlett(2 * _NEIGHBOURS + 3)[1:-1]
    padded = np.pad(np.array(losses, float), _NEIGHBOURS)
    there = np.pad(np.ones(len(losses)), _NEIGHBOURS)
    sums = np.convolve(padded, weights, "valid")
    means: Array = sums / np.convolve(there, weights, "valid")
    return means

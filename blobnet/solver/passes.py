"""The passes forward and back of which an update is made: `iter_size` of them, in each process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from blobnet.checks.divergence import check_loss
from blobnet.net import Net
from blobnet.ops.values import in_blocks
from blobnet.reports.log import log
from blobnet.snapshots import snapshot
from blobnet.solver.callbacks import SolverAction
from blobnet.types import Array

if TYPE_CHECKING:
    from blobnet.solver.solver import Solver


class Passes:
    """All passes are made here, one after the other.

    The gradient of each pass is computed as a whole, and added to the sum of those before in one
    addition for each weight: ((g0 + g1) + g2). So the bits are the same, wherever each of them
    was computed. In a training by several processes, a subclass adds those of the others; and what
    else these have to do together, or one of them for all, it does.
    """

    ranks = 1
    """How many processes make as many passes each."""

    is_first = True
    """Whether this is the process that tests, displays and writes."""

    def __init__(self) -> None:
        self._totals: list[Array] = []
        self.before: object = None  # passes of an update, as the state says that is gone on from

    def run(self, solver: Solver) -> float:
        """The mean loss of all passes; the sum of their gradients is left in the weights' diff.

        The diffs were cleared before. Raises SolverError for a loss that is no finite number.
        """
        net, passes = solver.net, solver.param.iter_size
        total = 0.0
        for index in range(passes):
            loss = self.run_one(net, again=index > 0)
            check_loss(solver, loss)
            total += loss
            if passes > 1:
                self._add_up(net, is_first=index == 0, is_last=index == passes - 1)
        return total / passes

    def tell_of_change(self, now: int) -> None:
        """Warn, once, where a training goes on with another number of passes for an update."""
        before, self.before = self.before, None
        if self.is_first and isinstance(before, int) and before not in (0, now):
            log.warning(
                "an update is made of %d passes (iter_size in each process) from now on, it was "
                "made of %d: the effective batch is %g times as large, rates stay as the solver "
                "says",
                *(now, before, now / before),
            )

    def asked(self, ask: Callable[[], SolverAction]) -> SolverAction:
        """What somebody outside asks of the solver now."""
        return ask()

    def asks_all_to_stop(self) -> bool:
        """Where others have to stop as well: tell them, so that all stop together. True then."""
        return False

    def largest(self, number: int) -> int:
        """The largest of the numbers that all processes have."""
        return number

    def snapshot(self, solver: Solver) -> Path:
        """Write a snapshot; returns the path of the state."""
        return snapshot.save(solver)

    @staticmethod
    def run_one(net: Net, *, again: bool) -> float:
        """One pass; returns its loss. Its gradient alone is in the diffs.

        again  whether there was one before, since the diffs were cleared
        """
        if again:
            net.clear_param_diffs(before_backward=True)
        net.begin_pass()
        return net.forward_backward()

    def _add_up(self, net: Net, *, is_first: bool, is_last: bool) -> None:
        """Take the gradients of a pass to those before; with the last one, the sum is in `diff`."""
        diffs = [blob.diff for blob in net.learnable_params]
        if is_first:
            if [array.shape for array in self._totals] != [array.shape for array in diffs]:
                self._totals = [np.empty_like(array) for array in diffs]
            for total, diff in zip(self._totals, diffs, strict=True):
                in_blocks(np.copyto, total, diff)
            return
        for total, diff in zip(self._totals, diffs, strict=True):
            in_blocks(_add_to_second if is_last else _add_to_first, total, diff)


def _add_to_first(total: Array, gradient: Array) -> None:
    np.add(total, gradient, out=total)


def _add_to_second(total: Array, gradient: Array) -> None:
    np.add(total, gradient, out=gradient)

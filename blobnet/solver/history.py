"""What a training has come to so far: the loss of every iteration, the scores of every test."""

from __future__ import annotations

from array import array
from collections.abc import MutableSequence
from typing import TYPE_CHECKING

from blobnet.net import Net
from blobnet.solver.callbacks import SolverCallback

if TYPE_CHECKING:
    from blobnet.solver.solver import Solver

Rows = list[tuple[int, float]]
"""(iteration, value) pairs."""


class TrainingHistory(SolverCallback):
    """Remembers the loss of every iteration and the scores of every test.

    losses   the train net's loss, iteration by iteration, starting at `first_iter`
    tests    output name to its (iteration, mean) pairs; those of a second test net as `name #1`
    counted  those names of `tests` that count in a test net's loss, whatever they are called

    Where a training goes back to an earlier state, what came after that is forgotten.
    """

    watches_only = True

    def __init__(self) -> None:
        self.first_iter: int | None = None
        self.losses: MutableSequence[float] = array("d")
        self.tests: dict[str, Rows] = {}
        self.counted: set[str] = set()

    def on_update(self, solver: Solver) -> None:
        self._go_to(solver.iter - 1)
        self.losses.append(solver.loss)

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        counted = _counted(solver.test_nets[test_net_id])
        for name, value in scores.items():
            key = f"{name} #{test_net_id}" if test_net_id else name
            rows = self.tests.setdefault(key, [])
            while rows and rows[-1][0] >= solver.iter:
                rows.pop()
            rows.append((solver.iter, value))
            if name.partition("[")[0] in counted:
                self.counted.add(key)

    def is_loss(self, name: str) -> bool:
        """Whether these means are drawn beside the training loss."""
        return name in self.counted or "loss" in name

    def _go_to(self, iteration: int) -> None:
        """Let the next loss be that of this iteration, wherever the last one was."""
        first = self.first_iter
        if first is None or not first <= iteration <= first + len(self.losses):
            self.first_iter, self.losses = iteration, array("d")
        elif iteration < first + len(self.losses):
            del self.losses[iteration - first :]
        else:
            return
        for rows in self.tests.values():
            while rows and rows[-1][0] > iteration:
                rows.pop()


def _counted(net: Net) -> set[str]:
    """The blobs that add to a net's loss."""
    tops = (
        (wired.layer, *numbered) for wired in net.wired for numbered in enumerate(wired.top_names)
    )
    return {name for layer, index, name in tops if layer.loss(index)}

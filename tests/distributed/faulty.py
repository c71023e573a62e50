"""`blobnet train` in which something happens to one rank: `faulty.py WHAT RANK ITERATION ...`."""

from __future__ import annotations

import os
import signal
import sys
import time

from blobnet.cli import main, train_command
from blobnet.distributed.world import find_ranks
from blobnet.solver import SolverCallback

LONG = 7.0  # seconds of work, more than the tests wait for a sign of life
WORKS_AT = 5


class Fault(SolverCallback):
    """Behind the update of one iteration: an exception, or a signal that this process gets.

    Before it stands still (SIGSTOP) it works long, which is no reason to miss it.
    """

    watches_only = True

    def __init__(self, what: str, iteration: int) -> None:
        self.what, self.iteration = what, iteration

    def on_update(self, solver) -> None:
        if self.what == "SIGSTOP" and solver.iter == WORKS_AT:
            work_long()
        if solver.iter != self.iteration:
            return
        if self.what == "raise":
            raise RuntimeError("this rank has had enough")
        os.kill(os.getpid(), getattr(signal, self.what))


def work_long() -> None:
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        sum(range(10_000))


def train(what: str, rank: str, iteration: str, *arguments: str) -> int:
    made = train_command.get_solver

    def get_solver(*args, **options):
        solver = made(*args, **options)
        if find_ranks().rank == int(rank):
            solver.add_callback(Fault(what, int(iteration)))
        return solver

    train_command.get_solver = get_solver
    return main(["train", *arguments])


if __name__ == "__main__":
    sys.exit(train(*sys.argv[1:]))

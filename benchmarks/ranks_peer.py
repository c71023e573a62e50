"""A training in processes of its own: alone with some threads, or as several ranks.

    python -m benchmarks.ranks_peer NET BATCH THREADS
    mpiexec -n 2 python -m benchmarks.ranks_peer NET BATCH 1

BATCH is that of each process. Says "ready" when some steps have been made; then, for each line with
a number on standard input, makes so many steps and prints their seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

import blobnet
from benchmarks.googlenet import googlenet
from benchmarks.inputs import fill_inputs
from benchmarks.nets import resnet50
from benchmarks.small_nets import cifar10_quick
from benchmarks.steps import lenet_solver, make_solver
from blobnet.distributed import connect
from blobnet.distributed.ranks import Ranks, wait_for
from blobnet.distributed.world import find_ranks
from blobnet.solver import Solver

_BUILDERS = {
    "cifar10": (cifar10_quick, 10),
    "googlenet": (googlenet, 1000),
    "resnet50": (resnet50, 1000),
}
_FIRST = 3  # steps that are not counted


def make(net: str, batch: int) -> Solver:
    if net == "lenet":
        return lenet_solver(batch)
    build, classes = _BUILDERS[net]
    settings = {"base_lr": 0.001, "momentum": 0.9, "weight_decay": 0.004}
    solver = make_solver(build(batch, train=True), **settings)
    fill_inputs(solver.net, classes)
    return solver


def lines(ranks: Ranks | None) -> Callable[[], int]:
    """What gives the next number of steps, on all ranks; 0 at the end."""

    def ask() -> int:
        is_first = ranks is None or ranks.is_first
        number = np.array([int(sys.stdin.readline() or 0) if is_first else 0])
        if ranks is not None:
            wait_for(ranks.comm.Ibcast(number))
        return int(number[0])

    return ask


def main(net: str, batch: int, threads: int) -> None:
    blobnet.set_num_threads(threads)
    solver, ranks = make(net, batch), find_ranks()
    connect(solver, ranks)
    next_number = lines(ranks)
    solver.step(_FIRST)
    if ranks is None or ranks.is_first:
        print("ready", flush=True)
    while number := next_number():
        started = time.perf_counter()
        solver.step(number)
        taken = time.perf_counter() - started
        if ranks is None or ranks.is_first:
            print(taken / number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

"""How long a training waits for its data, which a thread reads, decodes and transforms."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.measure import Clock, Measured
from benchmarks.steps import LENET, LENET_SETTINGS, make_solver
from blobnet.datasets.digits import load_digits
from blobnet.datasets.to_lmdb import write_lmdb
from blobnet.proto import TRAIN
from blobnet.serialization.prototxt import read_net
from blobnet.solver import Solver

STEPS = 100
"""In a round."""


def waiting(rounds: int, steps: int = STEPS) -> Measured:
    """Percent of a round's time; a round before the first fills the queue."""
    with tempfile.TemporaryDirectory() as folder:
        solver = lenet_from_lmdb(Path(folder))
        clock = DataClock(solver)
        shares = [clock.share(steps) for _ in range(rounds + 1)]
        solver.net.layers[0].close()  # type: ignore[attr-defined]
    return Measured([100 * share for share in shares[1:]])


def lenet_from_lmdb(folder: Path) -> Solver:
    """models/lenet5 in training, reading the digits that travel with blobnet."""
    digits = load_digits()
    write_lmdb(folder / "digits_lmdb", digits.train_images, digits.train_labels)
    net = read_net(LENET)
    net.state.phase = TRAIN
    net.layer[0].data_param.source = str(folder / "digits_lmdb")
    return make_solver(net, **LENET_SETTINGS)


class DataClock:
    """Adds up the time that a solver's first layer takes."""

    def __init__(self, solver: Solver, clock: Clock = time.perf_counter) -> None:
        self._solver, self._clock = solver, clock
        self._begun = self._waited = 0.0
        callbacks = solver.net.callbacks
        callbacks.before_forward.append(self._before)
        callbacks.after_forward.append(self._after)

    def share(self, steps: int) -> float:
        """The part of the time of so many steps that the first layer took."""
        self._waited = 0.0
        begun = self._clock()
        self._solver.step(steps)
        return self._waited / (self._clock() - begun)

    def _before(self, index: int) -> None:
        if index == 0:
            self._begun = self._clock()

    def _after(self, index: int) -> None:
        if index == 0:
            self._waited += self._clock() - self._begun

"""What a solver prints, in Caffe's words: scripts that read logs depend on them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import numpy as np

from blobnet.loggers import named_logger
from blobnet.net import Net

log = named_logger("blobnet.solver")


OutputValue = tuple[str, float, float]


def output_values(net: Net) -> Iterator[OutputValue]:
    """(name, value, loss weight) of every number in every output blob."""
    weights = {
        name: wired.layer.loss(index)
        for wired in net.wired
        for index, name in enumerate(wired.top_names)
    }
    for name in net.outputs:
        for value in np.ravel(net.blobs[name].data):
            yield name, float(value), weights[name]


class IterationClock:
    """How long iterations take: a lap goes from one line in the log to the next."""

    def __init__(self) -> None:
        self.restart(0)

    def restart(self, iteration: int) -> None:
        self._since, self._first = time.perf_counter(), iteration

    def lap(self, iteration: int) -> tuple[float, int]:
        """Seconds and iterations of this lap; the next one begins."""
        since, first = self._since, self._first
        self.restart(iteration)
        return self._since - since, iteration - first


def log_iteration(iteration: int, seconds: float, done: int, display: int, loss: float) -> None:
    """The line that progress is read from; `done` iterations took `seconds`."""
    log.info(
        "Iteration %d (%g iter/s, %gs/%d iters), loss = %g",
        iteration,
        done / (seconds or 1),
        seconds,
        display,
        loss,
    )


def describe(row: OutputValue) -> str:
    """`loss = 0.17 (* 1 = 0.17 loss)`: the bracket for what counts in the loss."""
    name, value, _ = row
    return f"{name} = {value:g}{share_of_loss(row)}"


def share_of_loss(row: OutputValue) -> str:
    """` (* 1 = 0.17 loss)`: nothing for what does not count."""
    _, value, weight = row
    return f" (* {weight:g} = {weight * value:g} loss)" if weight else ""


def log_outputs(kind: str, values: Iterable[OutputValue]) -> None:
    """One line for each number: `    Train net output #0: loss = 0.17 (* 1 = 0.17 loss)`."""
    for index, row in enumerate(values):
        log.info("    %s net output #%d: %s", kind, index, describe(row))

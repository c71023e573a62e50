"""What a solver prints, in Caffe's words: scripts that read logs depend on them."""

from __future__ import annotations

from collections import Counter
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


class MeanOutputs:
    """The means of all numbers in a net's output blobs, over several forwards."""

    def __init__(self) -> None:
        self._last: list[OutputValue] = []
        self._sums = np.zeros(0)
        self._count = 0

    def add(self, net: Net) -> None:
        """Take in what the net has just computed."""
        self._last = list(output_values(net))
        values = np.array([value for _, value, _ in self._last])
        self._sums = self._sums + values if self._count else values
        self._count += 1

    def rows(self) -> list[OutputValue]:
        return [
            (name, float(total) / self._count, weight)
            for (name, _, weight), total in zip(self._last, self._sums, strict=True)
        ]

    def by_name(self) -> dict[str, float]:
        """The means by the names of their blobs; those of a blob with several as `name[i]`."""
        sizes = Counter(name for name, _, _ in self._last)
        seen: Counter[str] = Counter()
        scores: dict[str, float] = {}
        for name, mean, _ in self.rows():
            scores[name if sizes[name] == 1 else f"{name}[{seen[name]}]"] = mean
            seen[name] += 1
        return scores


def log_iteration(iteration: int, seconds: float, done: int, display: int, loss: float) -> None:
    """The line that progress is read from; `done` iterations took `seconds`."""
    log.info(
        "Iteration %d (%g iter/s, %gs/%d iters), loss = %g",
        iteration,
        done / (seconds or 1),
        seconds,
        display,
        loss,
        stacklevel=2,
    )


def describe(row: OutputValue) -> str:
    """`loss = 0.17 (* 1 = 0.17 loss)`: the bracket for what counts in the loss."""
    name, value, weight = row
    share = f" (* {weight:g} = {weight * value:g} loss)" if weight else ""
    return f"{name} = {value:g}{share}"


def log_outputs(kind: str, values: Iterable[OutputValue]) -> None:
    """One line for each number: `    Train net output #0: loss = 0.17 (* 1 = 0.17 loss)`."""
    for index, row in enumerate(values):
        log.info("    %s net output #%d: %s", kind, index, describe(row), stacklevel=2)

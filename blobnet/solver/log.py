"""What a solver prints, in Caffe's words: scripts that read logs depend on them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from blobnet.net import Net

log = logging.getLogger("blobnet.solver")


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


def log_iteration(iteration: int, seconds: float, done: int, display: int, loss: float) -> None:
    rate = done / (seconds or 1)
    log.info(
        "Iteration %d (%g iter/s, %gs/%d iters), loss = %g",
        iteration,
        float(f"{rate:.6g}"),
        seconds,
        display,
        loss,
    )


def log_outputs(kind: str, values: Iterable[OutputValue]) -> None:
    """One line for each number: `    Train net output #0: loss = 0.17 (* 1 = 0.17 loss)`."""
    for index, (name, value, weight) in enumerate(values):
        share = f" (* {weight:g} = {weight * value:g} loss)" if weight else ""
        log.info("    %s net output #%d: %s = %g%s", kind, index, name, value, share)


def by_name(values: Iterable[OutputValue]) -> dict[str, float]:
    """Values by the names of their blobs; those of a blob with several as `name[i]`."""
    rows = list(values)
    sizes = Counter(name for name, _, _ in rows)
    seen: Counter[str] = Counter()
    scores: dict[str, float] = {}
    for name, value, _ in rows:
        scores[name if sizes[name] == 1 else f"{name}[{seen[name]}]"] = value
        seen[name] += 1
    return scores

"""Two pieces of work measured in turns, A B A B ..., so that whatever slows one slows the other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], object]
Clock = Callable[[], float]

WARM_UP = 2
"""Calls of each work before the first round: kernels are compiled, memory is allocated."""


@dataclass(frozen=True)
class Measured:
    """All samples of a row, in its unit: seconds, bytes, or percent.

    value   what is held against the target: the ratio of the medians, where there are `theirs`
    """

    ours: list[float]
    theirs: list[float] | None = None

    @property
    def value(self) -> float:
        ours = statistics.median(self.ours)
        return ours / statistics.median(self.theirs) if self.theirs else ours


def interleave(
    works: Sequence[Work], rounds: int, calls: int = 1, clock: Clock = time.perf_counter
) -> list[list[float]]:
    """The seconds of every call, for each of the works, which take turns `rounds` times.

    A turn is `calls` calls, after one that is not counted: it finds the caches and the waiting
    threads of the work before.
    """
    for work in works:
        for _ in range(WARM_UP):
            work()
    samples: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, taken in zip(works, samples, strict=True):
            work()
            taken += [seconds(work, clock) for _ in range(calls)]
    return samples


def seconds(work: Work, clock: Clock = time.perf_counter) -> float:
    """What one call takes."""
    started = clock()
    work()
    return clock() - started


def spread(samples: Sequence[float]) -> float:
    """Half the distance between the quartiles, as a part of the median."""
    if len(samples) < 2:
        return 0.0
    low, middle, high = statistics.quantiles(samples, n=4, method="inclusive")
    return (high - low) / 2 / middle if middle else 0.0

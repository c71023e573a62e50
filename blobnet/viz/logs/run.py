"""A training as its log tells it: series of numbers over iterations and seconds."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["loss", "train", "test", "rate"]
"""The displayed loss, an output of the train net, one of a test net, the learning rate."""

MAX_POINTS = 2**17
"""A series that gets longer than this is thinned out: every second point goes."""


@dataclass
class Series:
    """One quantity over a training; `seconds` are nan where the log's lines have no times."""

    kind: Kind
    name: str
    is_loss: bool = False
    iterations: array[int] = field(default_factory=lambda: array("q"))
    seconds: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))
    _every: int = 1
    _skipped: int = 0

    @property
    def label(self) -> str:
        """A name for people: `training loss`, `train accuracy`, `test accuracy`."""
        return {"loss": "training loss", "rate": "learning rate"}.get(
            self.kind, f"{self.kind} {self.name}"
        )

    def add(self, iteration: int, seconds: float, value: float) -> None:
        """Append a point; one of the same iteration is replaced."""
        self.cut(iteration)
        self._skipped += 1
        if self._skipped < self._every:
            return
        self._skipped = 0
        for column, number in zip(self._columns(), (iteration, seconds, value), strict=True):
            column.append(number)
        if len(self.values) >= MAX_POINTS:
            self._every *= 2
            for column in self._columns():
                del column[1::2]

    def cut(self, iteration: int) -> None:
        """Forget what is known from `iteration` on."""
        end = len(self.iterations)
        while end and self.iterations[end - 1] >= iteration:
            end -= 1
        for column in self._columns():
            del column[end:]

    def _columns(self) -> tuple[array, ...]:  # type: ignore[type-arg]
        return self.iterations, self.seconds, self.values


@dataclass
class LoggedRun:
    """One training: from its first iteration to its last, whether or not it was resumed.

    snapshot  the last weight file that it wrote
    """

    name: str
    series: list[Series] = field(default_factory=list)
    snapshot: str | None = None
    first: int = 0
    last: int = -1

    def last_seconds(self) -> float:
        """When its last number came."""
        return max((series.seconds[-1] for series in self.series if series.seconds), default=0.0)

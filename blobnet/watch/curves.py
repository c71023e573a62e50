"""Losses and scores over the iterations, as many points as a page can draw."""

from __future__ import annotations

from typing import Any

from blobnet.watch.numbers import plain

MOST_POINTS = 1200


class Curve:
    """A series that is thinned out where it gets long: then every second point goes."""

    def __init__(self) -> None:
        self._iterations: list[int] = []
        self._values: list[float] = []
        self._every = 1
        self._skipped = 0
        self._last: tuple[int, float] | None = None

    def add(self, iteration: int, value: float) -> None:
        """Append a point."""
        self._last = iteration, value
        self._skipped += 1
        if self._skipped < self._every:
            return
        self._skipped = 0
        self._iterations.append(iteration)
        self._values.append(value)
        if len(self._values) > MOST_POINTS:
            self._every *= 2
            del self._iterations[1::2], self._values[1::2]

    def cut(self, iteration: int) -> Curve:
        """Forget the points from `iteration` on; returns a curve of these."""
        keep = sum(each < iteration for each in self._iterations)
        gone = Curve()
        gone._iterations = self._iterations[keep:]
        gone._values = self._values[keep:]
        del self._iterations[keep:], self._values[keep:]
        self._last = None
        return gone

    def told(self) -> dict[str, Any]:
        """In JSON's types; the newest point is always there."""
        iterations, values = list(self._iterations), [*map(plain, self._values)]
        if self._last is not None and self._last[0] not in iterations[-1:]:
            iterations.append(self._last[0])
            values.append(plain(self._last[1]))
        return {"iterations": iterations, "values": values}

    def __len__(self) -> int:
        return len(self._iterations)


class Curves:
    """The loss of every iteration, the scores of all tests, and what was left by going back."""

    def __init__(self) -> None:
        self._loss = Curve()
        self._scores: dict[str, Curve] = {}
        self._left: Curve | None = None

    def add_loss(self, iteration: int, loss: float) -> None:
        self._loss.add(iteration, loss)

    def add_scores(self, iteration: int, net: int, scores: dict[str, float]) -> None:
        """Of one test; of other nets than the first the names have the number."""
        for name, value in scores.items():
            curve = self._scores.setdefault(f"{name} #{net}" if net else name, Curve())
            curve.cut(iteration)
            curve.add(iteration, value)

    def go_back(self, iteration: int) -> None:
        """What came after is kept beside the new course of the loss, until the next time."""
        left = self._loss.cut(iteration)
        if len(left) > 1:
            self._left = left
        for curve in self._scores.values():
            curve.cut(iteration + 1)

    def told(self) -> dict[str, Any]:
        """All of them, in JSON's types."""
        return {
            "loss": self._loss.told(),
            "left": self._left.told() if self._left else None,
            "scores": {name: curve.told() for name, curve in self._scores.items()},
        }

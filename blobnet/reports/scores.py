"""What a test says: the mean of every output, and whether it can be believed."""

from __future__ import annotations

from collections import Counter

import numpy as np

from blobnet.diagnostics.non_finite import ScoreWatch
from blobnet.errors import SolverError, explain
from blobnet.net import Net
from blobnet.reports.log import OutputValue, log, output_values
from blobnet.types import Shape


def warn_of_nonsense(watch: ScoreWatch[Net], who: str) -> None:
    """One warning, behind the scores, where these are not of finite numbers."""
    if watch.finding is not None:
        log.warning(
            "%s: values are not finite, so scores such as accuracy mean nothing: %s%s",
            who,
            watch.finding,
            "; BatchNorm has no statistics yet" if _lacks_statistics(watch.net) else "",
            stacklevel=2,
        )


def _lacks_statistics(net: Net) -> bool:
    """Whether a BatchNorm has not seen a batch: it makes values hundreds of times as large."""
    return any(
        layer.type == "BatchNorm" and len(layer.blobs_) > 2 and not layer.blobs_[2].data.any()
        for layer in (wired.layer for wired in net.wired)
    )


class MeanOutputs:
    """The means of all numbers in a net's output blobs, over several forwards."""

    def __init__(self) -> None:
        self._losses: list[float] = []
        self._last: list[OutputValue] = []
        self._sums = np.zeros(0)
        self._count = 0
        self._shapes: dict[str, Shape] = {}

    def add(self, net: Net) -> None:
        """Take in what the net has just computed.

        Raises SolverError where an output has another shape than before: then there are no two
        numbers that belong together.
        """
        shapes = {name: net.blobs[name].shape for name in net.outputs}
        if self._count:
            self._check_shapes(shapes)
        self._shapes = shapes
        self._last = list(output_values(net))
        values = np.array([value for _, value, _ in self._last])
        self._sums = self._sums + values if self._count else values
        self._count += 1
        self._losses.append(net.loss)

    @property
    def loss(self) -> float | None:
        """The mean of the total losses; None before the first."""
        return sum(self._losses) / self._count if self._count else None

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

    def _check_shapes(self, shapes: dict[str, Shape]) -> None:
        for name, shape in shapes.items():
            if shape != self._shapes[name]:
                raise SolverError(
                    explain(
                        f"no mean of output '{name}': its shape changes from batch to batch",
                        expected=f"shape {self._shapes[name]}, as in the batch before",
                        got=f"shape {shape} in batch {self._count}",
                        fix="let a layer make one number of it (Reduction, Accuracy, a loss), or "
                        f'let a Silence layer take it: bottom: "{name}"',
                    )
                )

"""What a test says of a detector: the mean average precision, `eval_type: "detection"`.

Caffe: Solver::TestDetection in solver.cpp of SSD (weiliu89/caffe).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from blobnet.errors import SolverError, explain
from blobnet.net import Net
from blobnet.ops.detection.average_precision import average_precision
from blobnet.proto import SolverParameter
from blobnet.reports.log import OutputValue, log
from blobnet.types import Array

_COLUMNS = 5
"""Image, class, score, is right, is wrong; an image of -1 has the number of truths as its score."""


class DetectionScores:
    """The mean average precision of each output, made by DetectionEvaluate, over several forwards.

    The classes that count are those with a row of truths; one without detections counts 0.
    """

    def __init__(self, param: SolverParameter) -> None:
        self._version, self._shows_classes = param.ap_version, param.show_per_class_result
        self._losses: list[float] = []
        self._outputs: dict[str, _Output] = {}
        self._rows: list[OutputValue] | None = None

    def detections(self, net: Net) -> Sequence[str]:
        """The outputs that hold detections."""
        return net.outputs

    def add(self, net: Net) -> None:
        """Take in what the net has just computed. Raises SolverError for outputs of other kinds."""
        for name in self.detections(net):
            values = net.blobs[name].data
            if values.ndim != 4 or values.shape[3] != _COLUMNS:
                raise SolverError(
                    explain(
                        f"output '{name}' cannot be tested as detections",
                        expected="shape (1, 1, rows, 5), of a DetectionEvaluate layer",
                        got=f"shape {values.shape}",
                        fix='leave eval_type: "detection" out, or let a Silence layer take the '
                        f'output: bottom: "{name}"',
                    )
                )
            output = self._outputs.setdefault(name, _Output(defaultdict(int), []))
            output.add(values.reshape(-1, _COLUMNS))
        self._losses.append(net.loss)
        self._rows = None

    @property
    def loss(self) -> float | None:
        """The mean of the total losses; None before the first."""
        return sum(self._losses) / len(self._losses) if self._losses else None

    def rows(self) -> list[OutputValue]:
        """A mean for each output; the first time, what is to be said of classes is logged."""
        if self._rows is None:
            means = ((name, self._mean(output)) for name, output in self._outputs.items())
            self._rows = [(name, mean, 0.0) for name, mean in means]
        return self._rows

    def by_name(self) -> dict[str, float]:
        return {name: mean for name, mean, _ in self.rows()}

    def _mean(self, output: _Output) -> float:
        total, judged = np.float32(0), output.judged()
        for label, positives in sorted(output.positives.items()):
            rows = judged[judged[:, 1].astype(np.int64) == label]
            if not len(rows):
                log.warning("Missing true_pos for label: %d", label)
                continue
            value = average_precision(rows[:, 2], rows[:, 3] != 0, positives, self._version)
            total += np.float32(value)
            if self._shows_classes:
                log.info("class%d: %g", label, value)
        return float(total / np.float32(max(1, len(output.positives))))


class _Output(NamedTuple):
    """What an output has told so far."""

    positives: dict[int, int]
    detections: list[Array]

    def add(self, rows: Array) -> None:
        is_count = rows[:, 0].astype(np.int64) == -1
        for label, number in rows[is_count][:, 1:3].astype(np.int64).tolist():
            self.positives[label] += number
        is_judged = ~is_count & ((rows[:, 3] != 0) | (rows[:, 4] != 0))
        self.detections.append(rows[is_judged].copy())

    def judged(self) -> Array:
        """All detections that are right or wrong."""
        return np.concatenate(self.detections)

"""The live display of a training, for a terminal only."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING

from blobnet.solver import Solver, SolverCallback

if TYPE_CHECKING:
    from rich.progress import Progress

_SECONDS_BETWEEN_UPDATES = 0.1


def training_progress(solver: Solver) -> AbstractContextManager[object]:
    """A live line for a `with` block around the training; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        return nullcontext()
    return TrainingProgress(solver)


class TrainingProgress(SolverCallback):
    """Iteration, loss, learning rate, images per second, last test, time left."""

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        self._progress = _make_display()
        self._started = (time.perf_counter(), solver.iter)
        self._updated = 0.0
        self._task = self._progress.add_task(
            "train",
            total=solver.param.max_iter,
            completed=solver.iter,
            loss="-",
            rate="-",
            speed="-",
            test="",
        )
        solver.add_callback(self)

    def __enter__(self) -> TrainingProgress:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def on_start(self, solver: Solver) -> None:
        if solver.iter == self._started[1]:  # a restored solver starts here
            self._started = (time.perf_counter(), solver.iter)

    def on_update(self, solver: Solver) -> None:
        now = time.perf_counter()
        last = solver.iter >= solver.param.max_iter
        if now - self._updated < _SECONDS_BETWEEN_UPDATES and not last:
            return
        self._updated = now
        began, first = self._started
        speed = (solver.iter - first) * images_per_iteration(solver) / max(now - began, 1e-9)
        self._progress.update(
            self._task,
            completed=solver.iter,
            loss=f"{solver.smoothed_loss:.4f}",
            rate=f"{solver.get_learning_rate():.3g}",
            speed=f"{speed:,.0f}",
        )

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        text = "  ".join(f"{name} {value:.4f}" for name, value in scores.items())
        self._progress.update(self._task, test=text)


def images_per_iteration(solver: Solver) -> int:
    """How many items one update looks at: the batch of the first blob, times iter_size."""
    first = next(iter(solver.net.blobs.values()), None)
    batch = first.shape[0] if first is not None and first.shape else 1
    return batch * solver.param.iter_size


def _make_display() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        MofNCompleteColumn(),
        BarColumn(bar_width=20),
        TextColumn("loss [bold]{task.fields[loss]}[/]"),
        TextColumn("rate {task.fields[rate]}"),
        TextColumn("{task.fields[speed]} images/s"),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("[dim]test: {task.fields[test]}[/]"),
        console=Console(stderr=True),
    )

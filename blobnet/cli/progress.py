"""Live displays, for a terminal only. Of a training: one line, and the last test under it.

7300/10000 ━━━━━━╸━━━ loss 0.01234  lr 0.00662  4,210 images/s  0:00:41 left
test at 7000: accuracy 0.9912, loss 0.02805
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from blobnet.cli.above_display import LinesAbove
from blobnet.cli.program import called_as_caffe
from blobnet.solver import Solver, SolverCallback
from blobnet.viz.names import visible

if TYPE_CHECKING:
    from rich.live import Live
    from rich.progress import Progress

_SECONDS_BETWEEN_UPDATES = 0.1
_WHOLE = 10**6  # steps of a bar that a share moves
_ROOM_FOR_CTRL_C = 3  # columns: a terminal writes `^C` behind the last line, which must not wrap
_FIRST_WORDS = "the first iteration; new kernels are compiled"


def training_progress(
    solver: Solver, *, list_tests: bool = False
) -> AbstractContextManager[object]:
    """A live display for a `with` block around the training; nothing where stderr is no terminal.

    Nor where the log that a terminal shows is read by programs: called as `caffe`, and in a
    notebook, which gives the commands of its cells a terminal to write to.

    list_tests  give every test a line above the display, for where the log is not shown
    """
    log_is_read = not list_tests and (called_as_caffe() or "JPY_PARENT_PID" in os.environ)
    if log_is_read or not sys.stderr.isatty():
        return nullcontext()
    return TrainingProgress(solver, list_tests=list_tests)


class TrainingProgress(SolverCallback):
    """Iteration, loss, learning rate, images per second, time left, last test."""

    watches_only = True

    def __init__(self, solver: Solver, *, list_tests: bool = False) -> None:
        self._solver = solver
        self._last_test = ""
        self._list_tests = list_tests
        self._digits = len(str(solver.param.max_iter))
        self._live, self._bar = _make_display(self._digits, lambda: self._last_test)
        self._above = LinesAbove(self._live.console)
        self._started = (time.perf_counter(), solver.iter)
        self._updated = 0.0
        self._task = self._bar.add_task(
            "train", total=solver.param.max_iter, completed=solver.iter, numbers=_FIRST_WORDS
        )
        solver.add_callback(self)

    def __enter__(self) -> TrainingProgress:
        self._live.start()
        self._above.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._show(time.perf_counter())
        self._above.__exit__(None, None, None)
        self._live.stop()

    def on_start(self, solver: Solver) -> None:
        if solver.iter == self._started[1]:  # the clock starts after the test before the training
            self._started = (time.perf_counter(), solver.iter)

    def on_update(self, solver: Solver) -> None:
        now = time.perf_counter()
        if now - self._updated >= _SECONDS_BETWEEN_UPDATES:
            self._show(now)

    def _show(self, now: float) -> None:
        """Bring the bar up to date."""
        self._updated = now
        began, first = self._started
        if done := self._solver.iter - first:
            numbers = describe(self._solver, done, now - began)
            self._bar.update(self._task, completed=self._solver.iter, numbers=numbers)

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        text = ", ".join(f"{visible(name)} {value:#.4g}" for name, value in scores.items())
        net = f" (net #{test_net_id})" if test_net_id else ""
        line = f"test at {solver.iter:>{self._digits}}{net}: {text}"
        if self._list_tests:
            self._live.console.print(line, markup=False, highlight=False)
        else:
            self._last_test = line


@contextmanager
def reading_progress(name: str) -> Iterator[Callable[[int, int, int], None]]:
    """A function that shows the images done, the bytes read and the bytes of a file in all."""
    if not sys.stderr.isatty():
        yield lambda images, read, size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(visible(name), total=None)

        def show(images: int, read: int, size: int) -> None:
            text = f"{visible(name)}: {images:,} images"
            bar.update(task, completed=read, total=size, description=text)

        yield show


@contextmanager
def stage_progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done now, and for how long."""
    if not sys.stderr.isatty():
        yield lambda what: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda what: bar.update(task, description=visible(what))


@contextmanager
def share_progress(name: str) -> Iterator[Callable[[int, float], None]]:
    """A function that shows the images done, and the share of the work from 0 to 1."""
    with reading_progress(name) as show:
        farthest, updated = 0.0, 0.0

        def show_share(images: int, share: float) -> None:
            nonlocal farthest, updated
            farthest = max(farthest, share)
            now = time.perf_counter()
            if share >= 1 or now - updated >= _SECONDS_BETWEEN_UPDATES:
                updated = now
                show(images, round(farthest * _WHOLE), _WHOLE)

        yield show_share


@contextmanager
def count_progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """A function that shows the images done, of how many."""
    with share_progress(name) as show:
        yield lambda done, total: show(done, done / max(total, 1))


@contextmanager
def step_progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is done now, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda what: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda what: status.update(visible(what))


def describe(solver: Solver, done: int, seconds: float) -> str:
    """The numbers beside the bar, `done` iterations having taken `seconds`.

    Each has its width, so that nothing moves; with five-digit iterations all fit into 80 columns.
    """
    pace = seconds / done
    speed = images_per_iteration(solver) / max(pace, 1e-9)
    left = duration(pace * max(solver.param.max_iter - solver.iter, 0))
    loss, rate = f"{solver.smoothed_loss:#.4g}", f"{solver.get_learning_rate():.3g}"
    return f"loss {loss:<8} lr {rate:<8} {speed:>6,.0f} images/s {left:>7} left"


def duration(seconds: float) -> str:
    """Hours, minutes and seconds: `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def images_per_iteration(solver: Solver) -> int:
    """How many items one update looks at: the batch of the first blob, times the passes."""
    first = next(iter(solver.net.blobs.values()), None)
    batch = first.shape[0] if first is not None and first.shape else 1
    return batch * solver.passes_per_update


def _make_display(digits: int, last_test: Callable[[], str]) -> tuple[Live, Progress]:
    """What draws the lines, and the bar in it; log lines are moved above them.

    digits  the width of the largest iteration
    """
    from rich.console import Console, Group
    from rich.constrain import Constrain
    from rich.live import Live
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column
    from rich.text import Text

    console = Console(stderr=True)
    bar = Progress(
        TextColumn(f"{{task.completed:>{digits}.0f}}/{{task.total:.0f}}"),
        BarColumn(bar_width=None, table_column=Column(ratio=1)),
        TextColumn("{task.fields[numbers]}", markup=False),
        console=console,
        expand=True,
    )

    def lines() -> Constrain:
        test = last_test()
        below = [Text(test, "dim", no_wrap=True, overflow="ellipsis")] if test else []
        return Constrain(Group(bar, *below), max(console.width - _ROOM_FOR_CTRL_C, 1))

    live = Live(console=console, get_renderable=lines, redirect_stdout=False, redirect_stderr=False)
    return live, bar

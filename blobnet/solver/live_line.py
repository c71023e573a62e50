"""A live display of a training in a terminal: one line, and the last test under it.

7300/10000 ━━━━━━╸━━━ loss 0.01234  lr 0.00662  4,210 images/s  0:00:41 left
test at 7000: accuracy 0.9912, loss 0.02805
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from blobnet.errors import visible
from blobnet.solver.callbacks import SolverCallback
from blobnet.solver.lines_above import LinesAbove

if TYPE_CHECKING:
    from rich.live import Live
    from rich.progress import Progress

    from blobnet.solver.solver import Solver

Start = tuple[float, int]
"""A time, and the number of iterations that were done then."""

_SECONDS_BETWEEN_UPDATES = 0.1
_ROOM_FOR_CTRL_C = 3  # columns: a terminal writes `^C` behind the last line, which must not wrap
_FIRST_WORDS = "the first iteration; new kernels are compiled"


class LiveLine(SolverCallback):
    """Iteration, loss, learning rate, images per second, time left, last test.

    A callback of the solver, and a context: it is shown while a `with` block runs.

    end         the iteration that is the last one
    list_tests  give every test a line above the display, for where the log is not shown
    stays       whether the last state is left to be read
    started     the time and the iteration that the pace is counted from; None: now, but for the
                first iteration, in which kernels are compiled
    """

    watches_only = True

    def __init__(
        self,
        solver: Solver,
        end: int,
        *,
        list_tests: bool = False,
        stays: bool = True,
        started: Start | None = None,
    ) -> None:
        self._solver, self._end = solver, end
        self._last_test = ""
        self._list_tests = list_tests
        self._digits = len(str(end))
        self._live, self._bar = _make_display(self._digits, lambda: self._last_test, stays)
        self._above = LinesAbove(self._live.console)
        self._started = started or (time.perf_counter(), solver.iter)
        self._origin, self._is_first = self._started, started is None
        self._updated = 0.0
        self._task = self._bar.add_task(
            "train", total=end, completed=solver.iter, numbers=_FIRST_WORDS
        )

    def __enter__(self) -> LiveLine:
        self._show(time.perf_counter())
        self._live.start(refresh=True)
        self._above.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._solver.iter == self._started[1]:  # the first iteration was all
            self._started = self._origin
        self._show(time.perf_counter())
        self._above.__exit__(None, None, None)
        self._live.stop()

    def on_start(self, solver: Solver) -> None:
        if solver.iter == self._started[1]:  # the clock starts after the test before the training
            self._started = (time.perf_counter(), solver.iter)

    def on_update(self, solver: Solver) -> None:
        now = time.perf_counter()
        if self._is_first and solver.iter + 1 < self._end:
            self._started = (now, solver.iter)
        self._is_first = False
        if now - self._updated >= _SECONDS_BETWEEN_UPDATES:
            self._show(now)

    def _show(self, now: float) -> None:
        """Bring the bar up to date."""
        self._updated = now
        began, first = self._started
        if done := self._solver.iter - first:
            numbers = describe(self._solver, self._end, done, now - began)
            self._bar.update(self._task, completed=self._solver.iter, numbers=numbers)

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        text = ", ".join(f"{visible(name)} {value:#.4g}" for name, value in scores.items())
        net = f" (net #{test_net_id})" if test_net_id else ""
        line = f"test at {solver.iter:>{self._digits}}{net}: {text}"
        if self._list_tests:
            self._live.console.print(line, markup=False, highlight=False)
        else:
            self._last_test = line


def describe(solver: Solver, end: int, done: int, seconds: float) -> str:
    """The numbers beside the bar, `done` iterations having taken `seconds`; `end` is the last one.

    Each has its width, so that nothing moves; with five-digit iterations all fit into 80 columns.
    """
    pace = seconds / done
    speed = images_per_iteration(solver) / max(pace, 1e-9)
    left = duration(pace * max(end - solver.iter, 0))
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


def _make_display(digits: int, last_test: Callable[[], str], stays: bool) -> tuple[Live, Progress]:
    """What draws the lines, and the bar in it; log lines are moved above them.

    digits  the width of the largest iteration
    stays   whether the last lines are left to be read
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

    live = Live(
        console=console,
        get_renderable=lines,
        redirect_stdout=False,
        redirect_stderr=False,
        transient=not stays,
    )
    return live, bar

"""How far `step` and `solve` are, for who waits: in a terminal or under the cell of a notebook."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

from blobnet.solver.callbacks import SolverCallback
from blobnet.solver.live_line import LiveLine, Start
from blobnet.solver.notebook_bar import NotebookBar, notebook_shell

if TYPE_CHECKING:
    from blobnet.solver.solver import Solver

_WORTH_IT = 0.5  # seconds that must have gone by, and as many must be left: others are soon over

Display = LiveLine | NotebookBar


class Progress(SolverCallback):
    """Shows steps that take their time, for a `with` block; short ones leave the screen alone.

    make  the display, of a solver, the iteration that is the last one, and whence its pace counts
    """

    watches_only = True

    def __init__(self, solver: Solver, end: int, make: Callable[..., Display]) -> None:
        self._solver, self._end, self._make = solver, end, make
        self._began = time.perf_counter()
        self._second: Start | None = None  # when the second iteration began
        self._display: Display | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._display is not None:
            self._display.__exit__(kind, error, trace)

    def on_update(self, solver: Solver) -> None:
        if self._display is not None:
            self._display.on_update(solver)
        elif self._second is None:
            self._second = (time.perf_counter(), solver.iter)
        elif self._is_worth_it(*self._second):
            self._display = self._make(solver, self._end, started=self._second)
            self._display.__enter__()
            self._display.on_update(solver)

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        if self._display is not None:
            self._display.on_test(solver, test_net_id, scores)

    def _is_worth_it(self, second: float, first: int) -> bool:
        """Whether enough time has gone by and, at this pace, is left.

        The pace is not that of the first iteration, in which kernels may be compiled.
        """
        now, done = time.perf_counter(), self._solver.iter - first
        left = (now - second) / done * (self._end - self._solver.iter)
        return now - self._began >= _WORTH_IT and left >= _WORTH_IT


def progress_of(solver: Solver, end: int, *, stays: bool) -> Progress | None:
    """The display for steps up to iteration `end`; None where nobody looks.

    That is where there is neither a terminal nor a notebook, in a thread of somebody's own, and
    for a single step, which a script may make again and again.

    stays  whether the last state is left in a terminal
    """
    if end - solver.iter < 2 or not solver.passes.is_first:
        return None
    if threading.current_thread() is not threading.main_thread():
        return None
    if notebook_shell() is not None:
        return Progress(solver, end, NotebookBar)
    if "JPY_PARENT_PID" in os.environ or sys.stderr is None or not sys.stderr.isatty():
        return None  # a notebook gives the programs of its cells a terminal to write to
    return Progress(solver, end, partial(LiveLine, stays=stays))

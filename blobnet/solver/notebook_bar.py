"""A bar under the cell of a notebook: how far a training is."""

from __future__ import annotations

import sys
import time
from html import escape
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

from blobnet.errors import visible
from blobnet.solver.callbacks import SolverCallback
from blobnet.solver.live_line import Start, describe

if TYPE_CHECKING:
    from blobnet.solver.solver import Solver

_SECONDS_BETWEEN_UPDATES = 0.2


def notebook_shell() -> Any:
    """IPython's shell, where it runs a notebook's cells; else None."""
    get_shell = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get_shell() if get_shell is not None else None
    return shell if getattr(shell, "kernel", None) is not None else None


class NotebookBar(SolverCallback):
    """Iteration, loss, learning rate, images per second, time left, last test.

    All steps that a cell makes with a solver have one bar, which stays as it was last.

    end      the iteration that is the last one
    started  the time and the iteration that the pace is counted from
    """

    watches_only = True
    _of_cell: ClassVar[tuple[tuple[int, int], Any]] = ((0, 0), None)
    """Whose the last bar was, the cell's and the solver's; and what shows it."""

    def __init__(self, solver: Solver, end: int, *, started: Start) -> None:
        self._solver, self._end = solver, end
        self._last_test = ""
        self._updated = 0.0
        self._started = started
        self._handle: Any = None

    def __enter__(self) -> NotebookBar:
        cell = (notebook_shell().execution_count, id(self._solver))
        last, handle = NotebookBar._of_cell
        if last != cell:
            handle = sys.modules["IPython"].display.display(self, display_id=True)
            NotebookBar._of_cell = (cell, handle)
        self._handle = handle
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._show(time.perf_counter())

    def __repr__(self) -> str:
        return f"{self._solver.iter}/{self._end}  {self._numbers()}"

    def _repr_html_(self) -> str:
        bar = f'<progress value="{self._solver.iter}" max="{self._end}"></progress>'
        lines = [f"{self._solver.iter}/{self._end}  {self._numbers()}", self._last_test]
        text = "\n".join(escape(line) for line in lines if line)
        return f'{bar}<pre style="margin: 0">{text}</pre>'

    def on_update(self, solver: Solver) -> None:
        now = time.perf_counter()
        if now - self._updated >= _SECONDS_BETWEEN_UPDATES:
            self._show(now)

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        text = ", ".join(f"{visible(name)} {value:#.4g}" for name, value in scores.items())
        net = f" (net #{test_net_id})" if test_net_id else ""
        self._last_test = f"test at {solver.iter}{net}: {text}"

    def _show(self, now: float) -> None:
        self._updated = now
        self._handle.update(self)

    def _numbers(self) -> str:
        began, first = self._started
        done = max(self._solver.iter - first, 1)
        return describe(self._solver, self._end, done, time.perf_counter() - began)

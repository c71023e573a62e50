"""Live displays, for a terminal only: of a training, of what is read, of what is done now."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from blobnet.cli.program import called_as_caffe
from blobnet.solver import Solver
from blobnet.solver.live_line import LiveLine
from blobnet.viz.names import visible

_SECONDS_BETWEEN_UPDATES = 0.1
_WHOLE = 10**6  # steps of a bar that a share moves


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
    line = LiveLine(solver, solver.param.max_iter, list_tests=list_tests)
    solver.add_callback(line)
    return line


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

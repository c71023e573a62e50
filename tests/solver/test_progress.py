"""How far `step` and `solve` are, in a terminal and under a cell of a notebook."""

from __future__ import annotations

import itertools
import re
import sys
import threading
from types import SimpleNamespace

import pytest

import blobnet
from blobnet.solver import live_line, notebook_bar, progress
from blobnet.solver.notebook_bar import NotebookBar
from tests.cli.terminal import on_a_terminal
from tests.solver.training import make_solver


@pytest.fixture
def clock(monkeypatch):
    """Each look at the clock is so many seconds later."""
    made = SimpleNamespace(tick=1.0)
    times = itertools.count()
    fake = SimpleNamespace(perf_counter=lambda: next(times) * made.tick)
    for module in (progress, live_line, notebook_bar):
        monkeypatch.setattr(module, "time", fake)
    return made


class Shell:
    """What IPython is where a kernel runs cells: it notes what is displayed."""

    def __init__(self):
        self.kernel, self.execution_count = object(), 1
        self.shown, self.updates = [], []
        self.display = SimpleNamespace(display=self.show)

    def get_ipython(self):
        return self

    def show(self, what, *, display_id):
        self.shown.append(what)
        return SimpleNamespace(update=lambda bar: self.updates.append(bar._repr_html_()))


@pytest.fixture
def notebook(monkeypatch):
    made = Shell()
    monkeypatch.setitem(sys.modules, "IPython", made)
    monkeypatch.setattr(NotebookBar, "_of_cell", ((0, 0), None))
    return made


def bars(terminal):
    return [line for line in terminal.lines if " left" in line]


@pytest.mark.usefixtures("clock")
def test_steps_that_take_their_time_are_shown_and_the_line_goes_away():
    solver = make_solver()
    with on_a_terminal() as terminal:
        solver.step(5)
        shown = bars(terminal)
        solver.step(5)
    assert re.match(r"2/5 ━.* loss [\d.]+ +lr 0\.05 +\S+ images/s +\d:\d\d:\d\d left", shown[0])
    assert all("/5 " in line for line in shown)
    assert "/10 " in bars(terminal)[-1]
    assert terminal.getvalue().endswith("\x1b[2K")  # erased


@pytest.mark.usefixtures("clock")
def test_the_last_line_of_a_whole_training_stays():
    solver = make_solver(settings="snapshot_after_train: false test_interval: 0")
    with on_a_terminal() as terminal:
        solver.solve()
    assert terminal.lines[-2].startswith("20/20 ")


@pytest.mark.usefixtures("clock")
def test_a_test_stands_under_the_line():
    net = make_solver().param.net_param
    param = blobnet.parse_solver('base_lr: 0.1 lr_policy: "fixed" test_iter: 1 test_interval: 3')
    param.net_param.CopyFrom(net)
    with on_a_terminal() as terminal:
        blobnet.get_solver(param).step(8)
    assert any(re.match(r"test at 6: loss [\d.]+$", line) for line in terminal.lines)


def test_steps_that_are_soon_over_leave_the_screen_alone(clock):
    clock.tick = 0.01
    with on_a_terminal() as terminal:
        make_solver().step(10)
    assert terminal.getvalue() == ""


@pytest.mark.usefixtures("clock")
def test_a_loop_of_single_steps_does_not_even_ask_the_time(monkeypatch):
    monkeypatch.setattr(progress, "time", None)
    with on_a_terminal() as terminal:
        solver = make_solver()
        for _ in range(3):
            solver.step(1)
    assert terminal.getvalue() == ""


@pytest.mark.usefixtures("clock")
def test_the_last_steps_of_many_are_not_worth_a_line(clock):
    clock.tick = 0.2  # half a second is over when 0.2 s are left
    with on_a_terminal() as terminal:
        make_solver().step(4)
    assert terminal.getvalue() == ""


@pytest.mark.usefixtures("clock")
def test_a_slow_first_iteration_is_not_the_pace(clock):
    solver = make_solver()

    def compile_kernels():
        clock.tick = 5.0 if solver.iter == 0 else 0.01

    solver.add_callback(compile_kernels)
    with on_a_terminal() as terminal:
        solver.step(8)
    assert terminal.getvalue() == ""


@pytest.mark.usefixtures("clock")
def test_nothing_is_shown_where_nobody_wants_or_looks(monkeypatch, capsys):
    make_solver().step(5)  # no terminal
    with on_a_terminal() as terminal:
        make_solver().step(5, progress=False)
        make_solver(settings="snapshot_after_train: false").solve(progress=False)
        thread = threading.Thread(target=lambda: make_solver().step(5))
        thread.start()
        thread.join()
        monkeypatch.setenv("JPY_PARENT_PID", "1")
        make_solver().step(5)
        monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
        make_solver().step(5)
    assert terminal.getvalue() == ""
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("clock")
def test_an_error_ends_the_display():
    solver = make_solver()
    stderr = []
    solver.add_callback(lambda: None, lambda: stderr.append(sys.stderr) or 1 / (solver.iter - 3))
    with on_a_terminal() as terminal:
        with pytest.raises(ZeroDivisionError):
            solver.step(9)
        assert sys.stderr is terminal
    assert stderr[-1] is not terminal  # while the line stood there, what was written went above
    assert bars(terminal)


@pytest.mark.usefixtures("clock")
def test_a_cell_of_a_notebook_has_one_bar(notebook):
    solver = make_solver()
    solver.step(4)
    solver.step(4)
    assert len(notebook.shown) == 1
    assert re.search(
        r'<progress value="8" max="8"></progress><pre[^>]*>8/8  loss ', notebook.updates[-1]
    )
    notebook.execution_count = 2
    solver.step(4)
    make_solver().step(4)
    assert len(notebook.shown) == 3


@pytest.mark.usefixtures("clock")
def test_ipython_in_a_terminal_is_a_terminal(notebook):
    notebook.kernel = None
    assert notebook_bar.notebook_shell() is None
    with on_a_terminal() as terminal:
        make_solver().step(5)
    assert bars(terminal)
    assert notebook.shown == []


def test_an_ipython_that_is_not_imported_whole_is_no_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace())
    assert notebook_bar.notebook_shell() is None


@pytest.mark.usefixtures("clock")
def test_names_in_a_bar_are_text(notebook):
    bar = NotebookBar(make_solver(), 5, started=(0.0, 0))
    bar.on_test(make_solver(), 1, {"<b>": 0.5})
    assert "test at 0 (net #1): &lt;b&gt; 0.5000" in bar._repr_html_()
    assert repr(bar).startswith("0/5  loss ")


@pytest.mark.usefixtures("clock")
def test_what_is_learned_is_the_same_with_a_display():
    losses = []
    for shown in (True, False):
        solver = make_solver()
        with on_a_terminal():
            solver.step(6, progress=shown)
        losses.append([*solver.curves.losses])
    assert losses[0] == losses[1]

"""The line that a terminal shows of a training; tests/cli/test_progress.py sees it at work."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from blobnet.solver import live_line
from blobnet.solver.live_line import LiveLine, describe, duration, images_per_iteration
from tests.cli.terminal import on_a_terminal
from tests.cli.test_progress import make_solver


def test_the_bar_is_not_drawn_for_every_iteration(monkeypatch):
    solver = make_solver(settings="max_iter: 50")
    with on_a_terminal():
        display = LiveLine(solver, 50)
    solver.add_callback(display)
    drawn = []
    monkeypatch.setattr(display, "_show", lambda now: drawn.append(now))
    display._updated = time.perf_counter() + 1e6
    solver.step(3)
    assert drawn == []
    display._updated = 0.0
    solver.step(3)
    assert len(drawn) == 3  # `_show` is what would have moved the clock


# --- its numbers ----------------------------------------------------------------------------------


def test_the_numbers_beside_the_bar():
    solver = make_solver(settings="max_iter: 1000 iter_size: 2")
    solver.step(10)
    text = describe(solver, 1000, done=10, seconds=4.0)
    loss = f"{solver.smoothed_loss:#.4g}"
    # 6 items a pass, 2 passes, 2.5 iterations a second; 990 iterations of 0.4 s are left
    assert text == f"loss {loss:<8} lr 0.01         30 images/s 0:06:36 left"


def test_a_training_beyond_its_end_has_no_time_left():
    solver = make_solver(settings="max_iter: 5")
    solver.step(6)
    assert describe(solver, 5, 6, 1.0).endswith(" 0:00:00 left")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00:00"), (0.4, "0:00:00"), (59.6, "0:01:00"), (3723, "1:02:03"), (4e5, "111:06:40")],
)
def test_durations_are_hours_minutes_and_seconds(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("settings", "items"), [("", 6), ("iter_size: 4", 24)])
def test_an_iteration_looks_at_its_batches(settings, items):
    assert images_per_iteration(make_solver(settings=settings)) == items


def test_a_blob_without_axes_counts_as_one_item():
    net = """
        layer { name: "w" type: "DummyData" top: "w" dummy_data_param { shape { } } }
        layer { name: "loss" type: "Power" bottom: "w" top: "loss" loss_weight: 1 }
    """
    assert images_per_iteration(make_solver(net)) == 1


def test_the_first_iteration_is_not_the_pace(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(live_line, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    solver = make_solver(settings="max_iter: 100")
    with on_a_terminal() as terminal, LiveLine(solver, 100) as display:
        seconds = [60.0, 0.5, 0.5]  # in the first one kernels are compiled
        solver.add_callback(lambda: None, lambda: now.insert(0, now[0] + seconds.pop(0)))
        solver.add_callback(display)
        solver.step(3, progress=False)
    shown = next(line for line in reversed(terminal.lines) if "left" in line)
    assert shown.endswith(" 12 images/s 0:00:48 left")  # of 6 items; 97 iterations of 0.5 s

from __future__ import annotations

import os
import signal

import pytest

from blobnet import SolverAction
from blobnet.cli.signals import SignalHandler
from blobnet.cli.train_command import run_training
from tests.solver.training import make_solver

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


def test_nothing_is_asked_for_before_a_signal():
    with SignalHandler("stop", "snapshot") as handler:
        assert handler() is SolverAction.NONE
        assert not handler.interrupted


def test_each_signal_asks_once_in_the_order_they_came():
    with SignalHandler("stop", "snapshot") as handler:
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGINT)
        assert [handler() for _ in range(3)] == [
            SolverAction.SNAPSHOT,
            SolverAction.STOP,
            SolverAction.NONE,
        ]
        assert handler.interrupted


def test_effects_can_be_exchanged_or_left_out():
    with SignalHandler("none", "stop") as handler:
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
        assert handler() is SolverAction.NONE
        assert not handler.interrupted
        signal.raise_signal(signal.SIGHUP)
        assert handler() is SolverAction.STOP
        assert handler.interrupted


def test_a_second_interrupt_does_not_wait():
    with SignalHandler("stop", "snapshot"):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_handlers_are_restored_after_an_error():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGHUP)]
    with pytest.raises(KeyboardInterrupt):
        _interrupted_twice()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGHUP)] == before


def _interrupted_twice():
    before = signal.getsignal(signal.SIGINT)
    with SignalHandler("stop", "stop"):
        assert signal.getsignal(signal.SIGINT) != before
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)


# --- SIGTERM, and what is not broken off ----------------------------------------------------------


def test_sigterm_stops_and_may_be_sent_again():
    with SignalHandler("none", "none") as handler:
        for _ in range(3):
            signal.raise_signal(signal.SIGTERM)
        assert handler() is SolverAction.STOP
        assert handler() is SolverAction.NONE
        assert handler.exit_code == 143


@pytest.mark.parametrize(
    ("effect", "action"), [("snapshot", SolverAction.SNAPSHOT), ("none", SolverAction.NONE)]
)
def test_sigterm_may_mean_something_else(effect, action):
    with SignalHandler("stop", "snapshot", effect) as handler:
        signal.raise_signal(signal.SIGTERM)
        assert handler() is action
        assert not handler.interrupted
        assert handler.exit_code == 0


def test_the_exit_code_is_that_of_the_first_signal():
    with SignalHandler("stop", "stop") as handler:
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGTERM)
        assert handler.exit_code == 130


def test_an_interrupt_after_a_sigterm_does_not_wait_unless_something_is_being_saved():
    saving = [True]
    with SignalHandler("stop", "snapshot", is_saving=lambda: saving[0]) as handler:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        saving[0] = False
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert handler() is SolverAction.STOP
        assert handler() is SolverAction.NONE


def test_an_interrupt_in_the_middle_of_a_snapshot_waits_for_its_end(tmp_path, monkeypatch):
    solver = make_solver(settings=f'snapshot_prefix: "{tmp_path}/small" max_iter: 3')
    replace = os.replace

    def interrupted(*args):
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
        replace(*args)

    monkeypatch.setattr(os, "replace", interrupted)
    assert run_training(solver, quiet=True) == 130
    monkeypatch.undo()
    make_solver().restore(tmp_path / "small_iter_3.solverstate")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_solver_by_itself_leaves_the_signals_alone():
    numbers = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    seen = []
    solver = make_solver(settings="snapshot_after_train: false max_iter: 1")
    solver.add_callback(lambda: seen.extend(map(signal.getsignal, numbers)))
    solver.solve()
    assert seen == before

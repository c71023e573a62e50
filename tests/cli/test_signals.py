from __future__ import annotations

import os
import signal

import pytest

from blobnet import SolverAction
from blobnet.cli.signals import SignalHandler

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

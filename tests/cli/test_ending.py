"""SIGTERM and SIGHUP end a command as an interrupt does: nothing half made stays behind."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager

import pytest

from blobnet.cli import dataset_command
from blobnet.cli.ending import EndingSignals

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


def convert_until(number, tmp_path, run, monkeypatch):
    """`dataset csv`, which gets a signal while it writes."""

    @contextmanager
    def signalling(name):
        def tick(images, read, size):
            assert any(entry.startswith(".") for entry in os.listdir(tmp_path))
            signal.raise_signal(number)

        yield tick

    monkeypatch.setattr(dataset_command, "reading_progress", signalling)
    (tmp_path / "images.csv").write_text("3,0,1,2,3\n" * 3000)
    return run("dataset", "csv", tmp_path / "images.csv", tmp_path / "store")


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (signal.SIGTERM, 143, "blobnet: ended by SIGTERM"),
        (signal.SIGHUP, 129, "blobnet: ended by SIGHUP"),
        (signal.SIGINT, 130, "blobnet: interrupted"),
    ],
)
def test_a_signal_in_the_middle_of_a_conversion(number, code, words, tmp_path, run, monkeypatch):
    ran = convert_until(number, tmp_path, run, monkeypatch)
    assert (ran.code, ran.out, ran.err.strip()) == (code, "", words)
    assert os.listdir(tmp_path) == ["images.csv"]


def test_what_is_ignored_or_handled_by_others_stays_so():
    seen = []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN), signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda number, frame: seen.append(number))
    try:
        with EndingSignals() as signals:
            signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGTERM)
        assert (seen, signals.received) == ([signal.SIGTERM], 0)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before[0])
        signal.signal(signal.SIGTERM, before[1])


def test_afterwards_signals_are_as_before():
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    with pytest.raises(KeyboardInterrupt), EndingSignals() as signals:
        signal.raise_signal(signal.SIGTERM)
    assert signals.received == signal.SIGTERM
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before

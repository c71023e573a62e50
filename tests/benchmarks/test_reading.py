from __future__ import annotations

from types import SimpleNamespace

import pytest

from benchmarks import reading
from benchmarks.reading import DataClock, lenet_from_lmdb
from blobnet.net_callbacks import NetCallbacks


class Solver:
    """A solver whose first layer takes 1 of the 5 seconds of a step."""

    def __init__(self):
        self.now = 0.0
        self.net = SimpleNamespace(callbacks=NetCallbacks())

    def step(self, iterations):
        callbacks = self.net.callbacks
        for _ in range(iterations):
            for index, seconds in enumerate((1.0, 4.0)):
                for callback in callbacks.before_forward:
                    callback(index)
                self.now += seconds
                for callback in callbacks.after_forward:
                    callback(index)


def test_the_share_of_the_first_layer_is_measured():
    solver = Solver()
    clock = DataClock(solver, lambda: solver.now)
    assert clock.share(3) == pytest.approx(0.2)
    assert clock.share(1) == pytest.approx(0.2)


def test_lenet_learns_from_a_database(tmp_path):
    solver = lenet_from_lmdb(tmp_path)
    solver.step(1)
    assert solver.net.layers[0].type == "Data"
    assert solver.net.blobs["label"].data.max() == 9
    solver.net.layers[0].close()


def test_shares_are_percent_and_one_for_each_round(monkeypatch):
    shares = iter([0.9, 0.01, 0.03])
    monkeypatch.setattr(DataClock, "share", lambda self, steps: next(shares))
    assert reading.waiting(2).ours == pytest.approx([1.0, 3.0])

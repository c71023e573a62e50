"""The steps do what their names say: the comparisons compare the same things."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np

import blobnet
from benchmarks import steps
from benchmarks.measure import WARM_UP
from benchmarks.steps import (
    LENET_PRODUCTS,
    bare_products,
    learn_by_hand,
    lenet_solver,
    make_solver,
    three_layer,
)
from blobnet.ops import parallel


def test_the_bare_products_are_those_of_a_step():
    """Counted from the net: each product forward, and back for every gradient that is wanted."""
    wanted = 0
    for wired in lenet_solver().net.wired:
        passes = 1 + any(wired.layer.param_propagate_down_) + any(wired.bottom_need_backward)
        wanted += wired.layer.multiply_adds(wired.bottom, wired.top) * passes
    assert sum(count * m * k * n for count, m, k, n in LENET_PRODUCTS) == wanted


def test_bare_products_are_multiplied(monkeypatch):
    multiplied = []

    def matmul(a, b, out):
        assert out.shape == (*a.shape[:-1], b.shape[-1])
        multiplied.append(a[..., :1].size * a.shape[-1] * b.shape[-1])

    monkeypatch.setattr(steps.np, "matmul", matmul)
    bare_products(((5, 2, 3, 4), (1, 7, 3, 2)))()
    assert sum(multiplied) == 5 * 2 * 3 * 4 + 7 * 3 * 2


def test_the_step_by_hand_learns_what_the_solver_learns(rng):
    solver = make_solver(three_layer(), base_lr=steps.RATE)
    hidden, output = (solver.net.params[name][0].data.copy() for name in ("hidden", "output"))
    for _ in range(3):
        x = rng.uniform(0, 1, 784).astype(np.float32)
        target = rng.uniform(0, 1, 10).astype(np.float32)
        solver.net.blobs["data"].data[...] = x
        solver.net.blobs["label"].data[...] = target
        solver.step(1)
        learn_by_hand(hidden, output, x, target)
    for name, weights in (("hidden", hidden), ("output", output)):
        assert weights.dtype == np.float32
        np.testing.assert_allclose(solver.net.params[name][0].data, weights, rtol=1e-4, atol=1e-6)


def test_rows_of_steps_have_samples(monkeypatch):
    monkeypatch.setattr(steps, "CALLS", 2)
    monkeypatch.setattr(steps, "lenet_solver", lambda: lenet_solver(batch=2))
    measured = steps.lenet_products(rounds=1)
    assert len(measured.ours) == len(measured.theirs) == 2
    assert min(measured.ours + measured.theirs) > 0


def test_threads_are_what_they_were(monkeypatch):
    monkeypatch.setattr(steps, "CALLS", 2)
    numbers = []

    class Solver:
        def step(self, _):
            numbers.append(parallel.num_threads())

    monkeypatch.setattr(steps, "lenet_solver", Solver)
    before = parallel.num_threads()
    measured = steps.lenet_threads(rounds=1)
    assert len(measured.ours) == len(measured.theirs) == 2
    assert numbers == [2] * WARM_UP + [1] * WARM_UP + [2] * 3 + [1] * 3
    assert parallel.num_threads() == before


def test_burners_run_while_steps_are_measured(monkeypatch):
    monkeypatch.setattr(steps, "CALLS", 1)
    running = []

    @contextmanager
    def busy(count):
        running.append(count)
        yield
        running.append("ended")

    class Solver:
        def step(self, _):
            running.append("step")

    monkeypatch.setattr(steps, "busy", busy)
    monkeypatch.setattr(steps, "lenet_solver", Solver)
    steps.lenet_threads(rounds=1, burners=3)
    assert (running[0], running[-1], len(running)) == (3, "ended", 2 + 2 * (WARM_UP + 2))


def test_the_deployed_lenet_takes_as_many_images_as_are_asked_for():
    net = blobnet.Net(steps.lenet_deployed(3), "TEST")
    assert net.blobs["data"].shape == (3, 1, 28, 28)
    assert net.blobs["prob"].shape == (3, 10)

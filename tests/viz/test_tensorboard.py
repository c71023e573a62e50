from __future__ import annotations

import logging

import numpy as np
import pytest

import blobnet
from blobnet.viz.tensorboard import TensorBoardEvents
from tests.solver.training import make_solver

pytest.importorskip("tensorboardX")

from tests.viz.event_reader import events_in, values_in

PARAMS = ["ip1/0", "ip1/1", "ip2/0", "ip2/1"]


class Seen(blobnet.SolverCallback):
    """What the events must say, written down in the training itself."""

    def __init__(self, solver):
        self.loss, self.rate, self.tests, self.weights, self.changes = {}, {}, {}, {}, {}
        solver.add_callback(self)

    def on_gradients_ready(self, solver):
        self.loss[solver.iter] = solver.smoothed_loss
        self.rate[solver.iter] = solver.get_learning_rate()
        self.weights[solver.iter] = solver.net.params["ip1"][0].data.copy()

    def on_update(self, solver):
        step = solver.iter - 1
        self.changes[step] = self.weights[step] - solver.net.params["ip1"][0].data

    def on_test(self, solver, test_net_id, scores):
        self.tests[solver.iter, test_net_id] = scores["loss"]


def train(folder, settings, steps=6, **options):
    solver = make_solver(settings=settings)
    seen = Seen(solver)
    with TensorBoardEvents(solver, folder, **options):
        solver.step(steps)
    return seen, values_in(folder)


def test_the_numbers_of_a_training_are_read_back(tmp_path):
    settings = 'display: 2 lr_policy: "exp" gamma: 0.5 average_loss: 3'
    seen, found = train(tmp_path, settings + " test_iter: 2 test_iter: 1 test_interval: 3")
    assert found["loss"] == [(step, pytest.approx(seen.loss[step])) for step in (0, 2, 4)]
    assert found["learning_rate"] == [(step, pytest.approx(seen.rate[step])) for step in (0, 2, 4)]
    assert [step for step, _ in found["train/loss"]] == [0, 2, 4]
    for number, tag in enumerate(("test/loss", "test1/loss")):
        assert found[tag] == [(step, pytest.approx(seen.tests[step, number])) for step in (0, 3)]


def test_histograms_show_the_weights_and_how_they_change(tmp_path):
    seen, found = train(tmp_path, "display: 2 momentum: 0.9")
    tags = {f"{kind}/{name}" for kind in ("weights", "changes") for name in PARAMS}
    assert tags == {tag for tag in found if tag.startswith(("weights", "changes"))}
    for kind, expected in (("weights/ip1/0", seen.weights), ("changes/ip1/0", seen.changes)):
        assert [step for step, _ in found[kind]] == [0, 2, 4]
        for step, histogram in found[kind]:
            assert histogram.num == expected[step].size
            assert histogram.sum == pytest.approx(expected[step].sum(), abs=1e-5)
            assert histogram.max == pytest.approx(expected[step].max(), abs=1e-6)


@pytest.mark.parametrize(
    ("settings", "options", "steps"),
    [
        ("display: 3", {}, [0, 3]),
        ("display: 3", {"interval": 2}, [0, 2, 4]),
        ("test_iter: 1 test_interval: 4", {}, [0, 4]),
        ("", {}, [0]),  # every 100 iterations
    ],
)
def test_the_interval_is_the_solvers_unless_another_is_given(settings, options, steps, tmp_path):
    _, found = train(tmp_path, settings, **options)
    assert [step for step, _ in found["loss"]] == steps


def test_a_shared_weight_is_written_once(tmp_path):
    net = """
        layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
          shape { dim: 2 dim: 3 } data_filler { type: "uniform" } } }
        layer { name: "a" type: "InnerProduct" bottom: "x" top: "a" param { name: "w" }
          inner_product_param { num_output: 3 bias_term: false } }
        layer { name: "b" type: "InnerProduct" bottom: "a" top: "b" param { name: "w" }
          inner_product_param { num_output: 3 bias_term: false } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "b" bottom: "y" top: "loss" }
    """
    solver = make_solver(net)
    with TensorBoardEvents(solver, tmp_path):
        solver.step(1)
    assert {tag for tag in values_in(tmp_path) if "weights" in tag} == {"weights/a/0"}


def test_a_resumed_training_replaces_what_comes_after(tmp_path):
    settings = f'display: 2 snapshot_prefix: "{tmp_path.as_posix()}/small"'
    solver = make_solver(settings=settings)
    solver.step(3)
    state = solver.snapshot()
    resumed = make_solver(settings=settings)
    with TensorBoardEvents(resumed, tmp_path / "runs"):
        resumed.restore(state)
        resumed.step(3)
    starts = [event.step for event in events_in(tmp_path / "runs") if event.HasField("session_log")]
    assert starts == [4]
    assert [step for step, _ in values_in(tmp_path / "runs")["loss"]] == [4]


def test_the_training_is_the_same_with_and_without(tmp_path):
    plain, watched = make_solver(), make_solver()
    with TensorBoardEvents(watched, tmp_path, interval=1):
        watched.step(5)
    plain.step(5)
    for one, other in zip(plain.net.learnable_params, watched.net.learnable_params, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


def test_after_the_block_nothing_is_written(tmp_path):
    solver = make_solver(settings="display: 1")
    with TensorBoardEvents(solver, tmp_path) as events:
        solver.step(1)
    events.close()  # twice does no harm
    solver.step(2)
    assert [step for step, _ in values_in(tmp_path)["loss"]] == [0]


def test_a_disk_that_refuses_does_not_end_the_training(tmp_path, monkeypatch, caplog):
    solver = make_solver(settings="display: 1")
    with TensorBoardEvents(solver, tmp_path) as events:
        solver.step(2)

        def full(*words):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(events._file, "add", full)
        with caplog.at_level(logging.WARNING, "blobnet"):
            solver.step(2)
    assert solver.iter == 4
    assert caplog.messages == ["No more events for TensorBoard: No space left on device"]


def test_a_disk_that_refuses_the_end_does_not_end_the_program(tmp_path, monkeypatch, caplog):
    events = TensorBoardEvents(make_solver(), tmp_path)
    close = events._file.close

    def full():
        close()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(events._file, "close", full)
    with caplog.at_level(logging.WARNING, "blobnet"):
        events.close()
    assert caplog.messages == ["No more events for TensorBoard: No space left on device"]

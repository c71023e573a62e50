from __future__ import annotations

import math

import numpy as np
import pytest

import blobnet
from blobnet.errors import SolverError
from blobnet.solver.best_snapshot import BestSnapshot

NET = """
    layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
        shape { dim: 4 dim: 3 } shape { dim: 4 dim: 1 }
        data_filler { type: "gaussian" } data_filler { type: "constant" value: 0.5 } } }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
        inner_product_param { num_output: 1 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "y" top: "loss" }
    layer { name: "score" type: "Reduction" bottom: "x" top: "score"
        include { phase: TEST } }
"""


@pytest.fixture
def make_solver(tmp_path):
    """A function that makes a solver whose tests, every 2 iterations, are to give these scores."""

    def make(scores, name="score", start=None, patience=None):
        (tmp_path / "net.prototxt").write_text(NET)
        param = blobnet.parse_solver(
            f'net: "{tmp_path}/net.prototxt" snapshot_prefix: "{tmp_path}/run" base_lr: 0.1 '
            "test_iter: 1 test_interval: 2 max_iter: 100 random_seed: 1 lr_policy: 'fixed'"
        )
        solver = blobnet.get_solver(param)
        if start:
            solver.restore(start)
        best = BestSnapshot(solver, name, patience)
        told = iter(scores)
        solver.test = lambda index=0: best.on_test(solver, index, {name: next(told)})
        return solver, best

    return make


def test_the_highest_score_is_kept_with_its_weights(make_solver, tmp_path):
    solver, best = make_solver([0.1, 0.7, 0.7, math.nan])
    solver.step(2)
    weights = solver.net.params["ip"][0].data.copy()  # what is tested at iteration 2, the second
    solver.step(5)
    assert (best.value, best.iter) == (0.7, 2)
    kept = blobnet.get_solver(solver.param)
    kept.restore(tmp_path / "run_best.solverstate")
    assert kept.iter == 2
    np.testing.assert_array_equal(kept.net.params["ip"][0].data, weights)


def test_a_loss_is_best_low(make_solver):
    solver, best = make_solver([3.0, 1.0, 2.0], "loss")
    solver.step(5)
    assert (best.value, best.iter) == (1.0, 2)


def test_a_training_ends_after_tests_without_a_better_score(make_solver):
    solver, _ = make_solver([0.5, 0.4, 0.6, 0.6, 0.1, 0.9], patience=2)
    solver.step(50)
    assert solver.iter == 8  # the second test behind that of iteration 4


@pytest.mark.parametrize("scores", [[0.6, 0.2], [0.2, 0.3]])
def test_a_resumed_training_knows_the_best_and_how_long_it_has_waited(scores, make_solver):
    first, _ = make_solver([0.1, 0.5, 0.2], patience=3)
    first.step(5)
    state = first.snapshot()  # of iteration 5, one test without a better score behind 2
    solver, best = make_solver(scores + [0.1] * 9, start=state, patience=3)
    solver.step(50)
    assert (best.value, best.iter) == ((0.6, 6) if scores[0] > 0.5 else (0.5, 2))
    assert solver.iter == (12 if scores[0] > 0.5 else 8)


def test_a_new_training_does_not_know_of_an_older_one(make_solver):
    make_solver([0.9])[0].step(1)
    solver, best = make_solver([0.2])
    solver.step(1)
    assert best.value == 0.2


@pytest.mark.parametrize(
    ("name", "setting", "message"),
    [("scor", {}, "did you mean score"), ("score", {"test_interval": 0}, "test_interval 0")],
)
def test_what_no_test_will_tell_is_refused_before_the_training(name, setting, message, make_solver):
    solver, _ = make_solver([])
    for field, value in setting.items():
        setattr(solver.param, field, value)
    with pytest.raises(SolverError, match="cannot be kept") as caught:
        BestSnapshot(solver, name)
    assert message in str(caught.value)

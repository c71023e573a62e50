"""Solvers that are pickled or deep-copied go on as the original does."""

from __future__ import annotations

import copy
import pickle

import pytest

import blobnet
from tests.solver.test_resume import SOURCES
from tests.solver.training import assert_same_bits, make_solver, weights_of

TESTED = "test_iter: 1 test_interval: 10 "
WAYS = [copy.deepcopy, lambda solver: pickle.loads(pickle.dumps(solver))]


@pytest.mark.parametrize("duplicate", WAYS, ids=["deepcopy", "pickle"])
@pytest.mark.parametrize(
    "rule",
    ["momentum: 0.9", 'type: "Adam" momentum: 0.9', 'type: "AdaDelta" momentum: 0.9 delta: 1e-6'],
)
def test_a_copy_of_a_solver_goes_on_bit_for_bit(duplicate, rule):
    settings = f"{rule} average_loss: 3 test_iter: 2 test_interval: 2 base_lr: 0.01"
    solver = make_solver(settings=settings)
    solver.step(3)
    other = duplicate(solver)
    assert (other.iter, other.loss, other.smoothed_loss) == (3, solver.loss, solver.smoothed_loss)
    assert other.param == solver.param
    seen = []
    for one in (solver, other):
        scores = []
        one.add_callback(ScoresInto(scores))
        one.step(3)
        seen.append((one.iter, one.loss, one.smoothed_loss, scores, one.test(0)))
    assert seen[0] == seen[1]
    assert len(seen[0][3]) == 2
    assert_same_bits(weights_of(other), weights_of(solver))
    assert_same_bits(other.history_, solver.history_)
    assert all(array.any() for array in other.history_)


@pytest.mark.parametrize("duplicate", WAYS, ids=["deepcopy", "pickle"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.__name__)
def test_it_reads_on_from_the_same_place(duplicate, source, tmp_path, rng):
    """Crops, flips, dropout, the order of shuffled rows; in the test net as well."""
    solver = make_solver(source(tmp_path, rng), "test_iter: 2 test_interval: 2 iter_size: 2")
    solver.step(3)
    other = duplicate(solver)
    for one in (solver, other):
        one.step(3)
    assert other.loss == solver.loss
    assert other.test(0) == solver.test(0)
    assert_same_bits(weights_of(other), weights_of(solver))
    assert other.get_state() == solver.get_state()


class ScoresInto(blobnet.SolverCallback):
    def __init__(self, scores):
        self.scores = scores

    def on_test(self, solver, test_net_id, scores):
        self.scores.append(scores)


@pytest.mark.parametrize("duplicate", WAYS, ids=["deepcopy", "pickle"])
def test_the_test_nets_of_a_copy_use_the_weights_of_its_own_train_net(duplicate):
    solver = make_solver(settings=TESTED)
    solver.test_all()
    other = duplicate(solver)
    ours, theirs = (s.net.params["ip1"][0].data for s in (solver, other))
    tested = other.test_nets[0].params["ip1"][0].data
    theirs[...] = 3
    assert (tested == 3).all()
    assert not (ours == 3).any()


@pytest.mark.parametrize("duplicate", WAYS, ids=["deepcopy", "pickle"])
def test_callbacks_are_left_behind(duplicate):
    solver, calls = make_solver(), []
    solver.add_callback(lambda: calls.append(1))
    solver.set_action_function(lambda: calls.append(2) or blobnet.SolverAction.NONE)
    duplicate(solver).step(2)
    assert calls == []
    solver.step(1)
    assert calls == [1, 2]


def test_a_copy_made_within_a_test_does_that_test_again(tmp_path):
    solver, copies = make_solver(settings="test_iter: 3 test_interval: 2"), []

    class Copier(ScoresInto):
        def on_test(self, solver, test_net_id, scores):
            super().on_test(solver, test_net_id, scores)
            if solver.iter == 2:
                copies.append(pickle.dumps(solver))

    scores = []
    solver.add_callback(Copier(scores))
    solver.step(5)
    other, again = pickle.loads(copies[0]), []
    other.add_callback(ScoresInto(again))
    other.step(3)
    assert again == scores[1:]
    assert len(again) == 2
    assert_same_bits(weights_of(other), weights_of(solver))
    for part in ("net", "test_nets"):
        assert other.get_state()[part] == solver.get_state()[part]

import numpy as np
import pytest

import blobnet
from blobnet import SolverAction
from tests.solver.training import (
    RANDOM_DATA,
    REGRESSION,
    Recorder,
    assert_same_bits,
    make_solver,
    weights_of,
)

DROPOUT = """
    layer { name: "drop" type: "Dropout" bottom: "x" top: "dropped"
      dropout_param { dropout_ratio: RATIO } }
"""
DROPPING = RANDOM_DATA + DROPOUT + REGRESSION.replace('bottom: "x"', 'bottom: "dropped"')
TESTED = "test_iter: 2 test_interval: 3 "


@pytest.fixture
def prefix(tmp_path):
    return f'snapshot_prefix: "{tmp_path}/small" '


def names(tmp_path):
    return sorted(path.name for path in tmp_path.iterdir())


def asking(solver, requests):
    """Let `requests`, question number to action, be the answers to the solver's questions."""
    questions = iter(range(10**6))
    solver.set_action_function(lambda: requests.get(next(questions), SolverAction.NONE))


# --- the loop -------------------------------------------------------------------------------------


def test_step_makes_that_many_updates():
    solver = make_solver()
    recorder = Recorder(solver)
    solver.step(3)
    assert solver.iter == 3
    solver.step(0)
    solver.step(-5)
    assert list(recorder.losses) == [1, 2, 3]
    assert solver.loss == recorder.losses[3]


def test_training_brings_the_loss_down():
    solver = make_solver(settings="max_iter: 200 average_loss: 20 snapshot_after_train: false")
    recorder = Recorder(solver)
    solver.solve()
    assert recorder.smoothed[200] < 0.6 * recorder.smoothed[20]


def test_the_loss_is_that_before_the_update():
    solver = make_solver()
    twin = make_solver()
    solver.step(1)
    twin.net.forward()
    assert solver.loss == twin.net.loss


def test_equal_seeds_give_equal_trainings():
    runs = [make_solver(settings=f"random_seed: {seed} {TESTED}") for seed in (5, 5, 6)]
    recorders = [Recorder(solver) for solver in runs]
    for solver in runs:
        solver.step(7)
    assert_same_bits(weights_of(runs[0]), weights_of(runs[1]))
    assert recorders[0].scores == recorders[1].scores
    assert recorders[0].losses != recorders[2].losses


def test_without_a_seed_every_training_is_another():
    runs = [make_solver(settings="random_seed: -1") for _ in range(2)]
    assert any((array != other).any() for array, other in zip(*map(weights_of, runs), strict=True))


def test_steps_may_be_made_in_any_portions():
    whole, parts = make_solver(), make_solver()
    whole.step(7)
    for portion in (1, 4, 2):
        parts.step(portion)
    assert_same_bits(weights_of(parts), weights_of(whole))


def test_gradients_of_several_passes_are_added_each_as_a_whole():
    solver = make_solver(settings="iter_size: 3")
    seen = {}

    def look():
        seen["sum"] = [blob.diff.copy() for blob in solver.net.learnable_params]

    solver.add_callback(lambda: None, look)
    twin = make_solver().net
    losses, gradients = [], []
    for _ in range(3):
        for layer in twin.layers:
            layer.begin_pass()
        twin.clear_param_diffs()
        losses.append(twin.forward_backward())
        gradients.append([blob.diff.copy() for blob in twin.learnable_params])
    solver.step(1)
    assert_same_bits(seen["sum"], [(a + b) + c for a, b, c in zip(*gradients, strict=True)])
    assert solver.loss == sum(losses) / 3


def test_what_a_pass_draws_does_not_depend_on_what_those_before_drew():
    solvers = [make_solver(DROPPING.replace("RATIO", ratio)) for ratio in ("0.5", "0.5", "0.1")]
    more_drawn, _, _ = solvers
    more_drawn.step(1)
    more_drawn.net.layers[1].rng.random(100)
    for solver in solvers[1:]:
        solver.step(1)
    for solver in solvers:
        solver.step(1)
    kept = [solver.net.blobs["dropped"].data != 0 for solver in solvers]
    np.testing.assert_array_equal(kept[0], kept[1])
    assert (kept[2] != kept[0]).any()
    assert kept[2][kept[0]].all()  # what stays with 0.5 stays with 0.1: drawn alike


def test_processes_that_take_turns_draw_what_one_would():
    whole = make_solver(DROPPING.replace("RATIO", "0.5")).net
    parts = [make_solver(DROPPING.replace("RATIO", "0.5")).net for _ in range(3)]
    for turn, net in enumerate(parts):
        for layer in net.layers:
            assert layer.take_turns(turn, 3) is None
    for _ in range(3):
        for net in parts:
            for one_pass in (whole, net):
                for layer in one_pass.layers:
                    layer.begin_pass()
                one_pass.forward()
            for name, blob in whole.blobs.items():
                np.testing.assert_array_equal(net.blobs[name].data, blob.data)
        assert [net.get_state() for net in parts] == [whole.get_state()] * 3


def test_the_smoothed_loss_is_the_mean_of_the_last_ones():
    solver = make_solver(settings="average_loss: 4")
    recorder = Recorder(solver)
    solver.step(10)
    losses = list(recorder.losses.values())
    assert solver.smoothed_loss == pytest.approx(np.mean(losses[-4:]))
    solver.step(2)  # as in Caffe, every call begins anew
    losses = list(recorder.losses.values())
    assert solver.smoothed_loss == pytest.approx(np.mean(losses[-2:]))


def test_float64_is_float64_throughout():
    solver = make_solver(dtype=np.float64)
    solver.step(1)
    arrays = [*weights_of(solver), *solver.history_]
    assert {array.dtype for array in arrays} == {np.dtype(np.float64)}


def test_debug_info_is_printed_when_it_is_displayed(caplog):
    caplog.set_level("INFO", "blobnet")
    solver = make_solver(settings="debug_info: true display: 2")
    solver.step(1)
    assert "[Forward] Layer ip1" in caplog.text
    caplog.clear()
    solver.step(1)
    assert "[Forward]" not in caplog.text


# --- solve ----------------------------------------------------------------------------------------


def test_solve_trains_up_to_max_iter_and_leaves_a_snapshot(prefix, tmp_path):
    solver = make_solver(settings=prefix + "max_iter: 5")
    solver.solve()
    assert solver.iter == 5
    assert names(tmp_path) == ["small_iter_5.caffemodel", "small_iter_5.solverstate"]


def test_snapshots_at_intervals_and_none_twice(prefix, tmp_path):
    solver = make_solver(settings=prefix + "max_iter: 4 snapshot: 2")
    recorder = Recorder(solver)
    solver.solve()
    assert recorder.snapshots == ["small_iter_2.solverstate", "small_iter_4.solverstate"]
    assert solver.last_snapshot == tmp_path / "small_iter_4.solverstate"


def test_no_snapshot_where_none_is_wanted(prefix, tmp_path):
    make_solver(settings=prefix + "max_iter: 3 snapshot_after_train: false").solve()
    assert names(tmp_path) == []


def test_tests_come_before_the_first_update_at_intervals_and_at_the_end(prefix):
    solver = make_solver(settings=prefix + TESTED + "max_iter: 6")
    recorder = Recorder(solver)
    solver.solve()
    assert list(recorder.scores) == [(0, 0), (3, 0), (6, 0)]


def test_the_first_test_may_be_left_out(prefix):
    solver = make_solver(settings=prefix + TESTED + "max_iter: 4 test_initialization: false")
    recorder = Recorder(solver)
    solver.solve()
    assert list(recorder.scores) == [(3, 0)]


def test_tests_may_come_later_by_an_offset(prefix):
    solver = make_solver(settings=prefix + TESTED + "test_offset: 1 max_iter: 7")
    recorder = Recorder(solver)
    solver.solve()
    assert list(recorder.scores) == [(1, 0), (4, 0), (7, 0)]


def test_a_solved_training_has_nothing_left_to_do(prefix, tmp_path):
    settings = prefix + "max_iter: 3"
    make_solver(settings=settings).solve()
    again = make_solver(settings=settings)
    recorder = Recorder(again)
    again.solve(tmp_path / "small_iter_3.solverstate")
    assert again.iter == 3
    assert recorder.losses == {}


def test_several_test_nets_are_tested_one_after_the_other():
    solver = make_solver(settings="test_iter: 1 test_iter: 3 test_interval: 1")
    recorder = Recorder(solver)
    solver.step(1)
    assert list(recorder.scores) == [(0, 0), (0, 1)]


def test_a_test_gives_the_mean_of_its_passes():
    solver = make_solver(settings="test_iter: 5 test_interval: 1")
    states = solver.test_nets[0].get_state()
    scores = solver.test()
    solver.test_nets[0].set_state(states)
    losses = [float(solver.test_nets[0].forward()["loss"]) for _ in range(5)]
    assert scores == {"loss": pytest.approx(np.mean(losses))}


def test_a_test_may_have_no_passes(prefix):
    solver = make_solver(settings=prefix + "max_iter: 2 test_iter: 0 test_interval: 1")
    solver.solve()
    assert solver.iter == 2
    assert solver.test() == {}


# --- stopping and snapshots on demand -------------------------------------------------------------


def test_a_stop_ends_after_the_update_and_leaves_a_snapshot(prefix, tmp_path):
    solver = make_solver(settings=prefix + "snapshot: 100")
    asking(solver, {3: SolverAction.STOP})
    recorder = Recorder(solver)
    solver.solve()
    assert list(recorder.losses) == [1, 2, 3, 4]
    assert names(tmp_path) == ["small_iter_4.caffemodel", "small_iter_4.solverstate"]


def test_a_snapshot_on_demand_does_not_stop(prefix):
    solver = make_solver(settings=prefix + "max_iter: 6")
    asking(solver, {3: SolverAction.SNAPSHOT})
    recorder = Recorder(solver)
    solver.solve()
    assert recorder.snapshots == ["small_iter_4.solverstate", "small_iter_6.solverstate"]


def test_a_stop_within_a_test_ends_before_the_update(prefix):
    solver = make_solver(settings=prefix + TESTED)
    asking(solver, {6: SolverAction.STOP})  # 2 in the first test, 3 updates, 1 in the next test
    recorder = Recorder(solver)
    solver.solve()
    assert solver.iter == 3
    assert list(recorder.scores) == [(0, 0)]
    assert recorder.snapshots == ["small_iter_3.solverstate"]


def test_a_stop_in_one_test_net_spares_the_others(prefix):
    solver = make_solver(settings=prefix + "test_iter: 1 test_iter: 1 test_interval: 5")
    asking(solver, {0: SolverAction.STOP})
    recorder = Recorder(solver)
    solver.solve()
    assert recorder.scores == {}


def test_a_stopped_solver_goes_on_when_it_is_asked_to(prefix):
    solver, unbroken = make_solver(settings=prefix), make_solver(settings=prefix)
    asking(solver, {3: SolverAction.STOP})
    solver.step(10)
    assert solver.iter == 4
    solver.step(6)
    unbroken.step(10)
    assert_same_bits(weights_of(solver), weights_of(unbroken))


def test_an_error_in_a_test_leaves_no_trace_in_later_snapshots():
    solver = make_solver(settings=TESTED)

    class Broken(blobnet.SolverCallback):
        def on_test(self, solver, test_net_id, scores):
            raise ZeroDivisionError

    solver.add_callback(Broken())
    with pytest.raises(ZeroDivisionError):
        solver.test_all()
    now = [net.get_state() for net in solver.test_nets]
    assert solver.get_state()["test_nets"] == now


def test_a_training_that_goes_on_with_other_passes_says_what_changes(prefix, caplog):
    state = make_solver(settings=f"{prefix} iter_size: 2").snapshot()
    same, other = make_solver(settings="iter_size: 2"), make_solver(settings="iter_size: 3")
    for solver in (same, other):
        solver.restore(state)
    same.step(1)
    assert "passes" not in caplog.text
    assert other.get_state()["passes"] == 2
    other.step(2)
    assert caplog.text.count("an update is made of") == 1
    assert "an update is made of 3 passes" in caplog.text
    assert "it was made of 2: the effective batch is 1.5 times as large" in caplog.text

"""A resumed training makes every number that the unbroken one would have made, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import SolverAction, SolverCallback
from tests.solver.training import (
    RANDOM_DATA,
    RANDOM_REGRESSION,
    REGRESSION,
    SOLVER_SETTINGS,
    Recorder,
    assert_same_bits,
    make_solver,
    weights_of,
)
from tests.sources.lmdb_files import write_images

STEPS = 12
TESTED = "test_iter: 3 test_iter: 2 test_interval: 4 "

CLASSIFIER = """
    layer { name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1"
      inner_product_param { num_output: 8 weight_filler { type: "xavier" } } }
    layer { name: "relu1" type: "ReLU" bottom: "ip1" top: "ip1" }
    layer { name: "drop1" type: "Dropout" bottom: "ip1" top: "ip1" }
    layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
      inner_product_param { num_output: 11 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" top: "loss" }
    layer { name: "accuracy" type: "Accuracy" bottom: "ip2" bottom: "label" top: "accuracy"
      include { phase: TEST } }
"""


def images(folder, rng, settings=""):
    """Random crops and flips of 11 images, in batches that do not fit into their number."""
    for name, count in (("train", 11), ("test", 7)):
        write_images(folder / name, rng.integers(0, 256, (count, 3, 6, 7)).astype(np.uint8))
    data = """
        layer {{ name: "data" type: "Data" top: "data" top: "label" include {{ phase: {phase} }}
          transform_param {{ crop_size: 4 mirror: true scale: 0.01 }}
          data_param {{ source: "{source}" batch_size: 4 backend: LMDB {settings} }} }}
    """
    return (
        data.format(phase="TRAIN", source=folder / "train", settings=settings)
        + data.format(phase="TEST", source=folder / "test", settings=settings)
        + CLASSIFIER
    )


def images_at_once(folder, rng):
    """The same without reading ahead, from a random place on."""
    return images(folder, rng, "prefetch: 0 rand_skip: 5")


def shuffled_rows(folder, rng):
    """Two HDF5 files, whose rows and order are shuffled anew every time round."""
    h5py = pytest.importorskip("h5py")
    for name, count in (("a", 7), ("b", 4)):
        with h5py.File(folder / f"{name}.h5", "w") as file:
            file["x"] = rng.normal(size=(count, 4))
            file["y"] = rng.normal(size=(count, 3))
    (folder / "files.txt").write_text(f"{folder}/a.h5\n{folder}/b.h5\n")
    return (
        'layer { name: "rows" type: "HDF5Data" top: "x" top: "y" '
        f'hdf5_data_param {{ source: "{folder}/files.txt" batch_size: 3 shuffle: true }} }}'
        + REGRESSION
    )


def random_values(folder, rng):
    """Nothing is read: every batch comes from the random generator."""
    return RANDOM_DATA + REGRESSION


SOURCES = [images, images_at_once, shuffled_rows, random_values]


@pytest.fixture(params=SOURCES, ids=lambda source: source.__name__)
def net(request, tmp_path, rng):
    return request.param(tmp_path, rng)


NOTHING = "snapshot_after_train: false"
LAST = "snapshot_after_train: true"


class Run:
    """A training, what it has recorded, and what it has come to."""

    def __init__(
        self, net, settings, folder, *, seed=7, resume=None, action=None, stop_at=None, keep=NOTHING
    ):
        """keep: which snapshots are written, to `folder`/run_iter_..."""
        prefix = f'snapshot_prefix: "{folder}/run" '
        settings = f"max_iter: {STEPS} random_seed: {seed} {keep} {settings} "
        self.solver = make_solver(net, prefix + settings)
        self.recorder = Recorder(self.solver)
        if action is not None:
            self.solver.set_action_function(action)
        if stop_at is not None:
            self.solver.add_callback(Stopper(stop_at))
        self.solver.solve(resume)

    def assert_goes_on_like(self, unbroken, first_iter):
        assert self.solver.iter == STEPS
        for mine, theirs in (
            (self.recorder.losses, unbroken.recorder.losses),
            (self.recorder.smoothed, unbroken.recorder.smoothed),
        ):
            assert mine == {i: value for i, value in theirs.items() if i > first_iter}
        scores = unbroken.recorder.scores
        assert self.recorder.scores == {k: v for k, v in scores.items() if k[0] >= first_iter}
        assert self.solver.smoothed_loss == unbroken.solver.smoothed_loss
        assert_same_bits(weights_of(self.solver), weights_of(unbroken.solver))
        assert_same_bits(self.solver.history_, unbroken.solver.history_)
        assert self.solver.get_state() == unbroken.solver.get_state()


class Stopper(SolverCallback):
    def __init__(self, stop_at):
        self.stop_at = stop_at

    def on_update(self, solver):
        if solver.iter == self.stop_at:
            solver.request_early_exit()


def at_question(number, action):
    """An action function that answers with `action` when it is asked for the n-th time."""
    questions = iter(range(10**6))
    return lambda: action if next(questions) == number else SolverAction.NONE


# --- every source, every update rule, both formats ------------------------------------------------


@pytest.mark.parametrize("snapshot_format", ["BINARYPROTO", "HDF5"])
def test_from_snapshots_of_any_source(net, snapshot_format, tmp_path):
    """Snapshot, test and display fall on the same iterations, or just beside each other."""
    ending = ending_of(snapshot_format)
    settings = f"{TESTED} display: 3 iter_size: 2 average_loss: 5 momentum: 0.9"
    keep = f"snapshot: 1 snapshot_format: {snapshot_format}"
    unbroken = Run(net, settings, tmp_path, keep=keep)
    assert unbroken.recorder.scores.keys() == {(i, k) for i in (0, 4, 8, 12) for k in (0, 1)}
    for iteration in (1, 3, 4, 5, 9, 11, 12):
        state = tmp_path / f"run_iter_{iteration}.solverstate{ending}"
        resumed = Run(net, settings, tmp_path, seed=99, resume=state)
        resumed.assert_goes_on_like(unbroken, iteration)


@pytest.mark.parametrize("solver_type", SOLVER_SETTINGS)
@pytest.mark.parametrize("snapshot_format", ["BINARYPROTO", "HDF5"])
def test_every_update_rule(solver_type, snapshot_format, tmp_path, rng):
    ending = ending_of(snapshot_format)
    net = images(tmp_path, rng)
    settings = (
        f'type: "{solver_type}" {SOLVER_SETTINGS[solver_type]} clip_gradients: 0.5 {TESTED} '
        'lr_policy: "multistep" gamma: 0.5 stepvalue: 5 stepvalue: 6 '
    )
    keep = f"snapshot: 5 snapshot_format: {snapshot_format}"
    unbroken = Run(net, settings, tmp_path, keep=keep)
    for iteration in (5, 10):
        state = tmp_path / f"run_iter_{iteration}.solverstate{ending}"
        resumed = Run(net, settings, tmp_path, seed=99, resume=state)
        resumed.assert_goes_on_like(unbroken, iteration)


def ending_of(snapshot_format):
    if snapshot_format == "HDF5":
        pytest.importorskip("h5py")
    return {"BINARYPROTO": "", "HDF5": ".h5"}[snapshot_format]


def test_many_times_one_after_the_other(net, tmp_path):
    settings = f"{TESTED} average_loss: 3 momentum: 0.9 "
    unbroken = Run(net, settings, tmp_path)
    state = None
    for seed, stop_at in ((7, 1), (8, 4), (9, 5), (10, 9)):
        run = Run(net, settings, tmp_path, seed=seed, resume=state, stop_at=stop_at, keep=LAST)
        assert run.solver.iter == stop_at
        state = run.solver.last_snapshot
    last = Run(net, settings, tmp_path, seed=50, resume=state)
    last.assert_goes_on_like(unbroken, 9)


def test_in_one_process_and_with_the_same_solver(net, tmp_path):
    """Back to an older snapshot, as in a notebook."""
    settings = f"{TESTED} average_loss: 3 momentum: 0.9 "
    unbroken = Run(net, settings, tmp_path, keep="snapshot: 6")
    again = unbroken.solver
    expected, history = weights_of(again), [array.copy() for array in again.history_]
    recorder = Recorder(again)
    again.solve(tmp_path / "run_iter_6.solverstate")
    losses, scores = unbroken.recorder.losses, unbroken.recorder.scores
    assert recorder.losses == {i: loss for i, loss in losses.items() if i > 6}
    assert recorder.scores == {key: score for key, score in scores.items() if key[0] > 6}
    assert_same_bits(weights_of(again), expected)
    assert_same_bits(again.history_, history)


def test_beyond_the_former_end(net, tmp_path):
    """The last display of a training runs the net once more, but after the last snapshot."""
    settings = f"{TESTED} display: 4 average_loss: 3 momentum: 0.9 "
    unbroken = Run(net, settings, tmp_path)
    short = make_solver(net, f'{settings} max_iter: 8 snapshot_prefix: "{tmp_path}/short"')
    short.solve()
    resumed = Run(net, settings, tmp_path, seed=99, resume=short.last_snapshot)
    resumed.assert_goes_on_like(unbroken, 8)


# --- in the middle of a test ----------------------------------------------------------------------

MID_TEST = TESTED + "average_loss: 3 momentum: 0.9"
"""Tests of 3 and 2 batches at iteration 0 (questions 0 to 4), 4 updates (5 to 8), tests again."""


@pytest.mark.parametrize("question", [8, 9, 10, 12, 13])
def test_a_snapshot_in_the_middle_of_a_test(question, net, tmp_path):
    unbroken = Run(net, MID_TEST, tmp_path)
    snapshot = at_question(question, SolverAction.SNAPSHOT)
    disturbed = Run(net, MID_TEST, tmp_path, action=snapshot)
    disturbed.assert_goes_on_like(unbroken, -1)  # it did not mind
    state = tmp_path / "run_iter_4.solverstate"
    resumed = Run(net, MID_TEST, tmp_path, seed=99, resume=state)
    resumed.assert_goes_on_like(unbroken, 4)


@pytest.mark.parametrize("question", [0, 2, 4, 9, 11, 12])
def test_a_stop_in_the_middle_of_a_test(question, net, tmp_path):
    unbroken = Run(net, MID_TEST, tmp_path)
    stop = at_question(question, SolverAction.STOP)
    stopped = Run(net, MID_TEST, tmp_path, action=stop, keep=LAST).solver
    assert stopped.iter == (0 if question < 5 else 4)
    resumed = Run(net, MID_TEST, tmp_path, seed=99, resume=stopped.last_snapshot)
    resumed.assert_goes_on_like(unbroken, stopped.iter)


def test_a_stop_in_a_test_and_going_on_with_the_same_solver(net, tmp_path):
    unbroken = Run(net, MID_TEST, tmp_path)
    stopped = Run(net, MID_TEST, tmp_path, action=at_question(9, SolverAction.STOP))
    stopped.solver.solve()
    assert stopped.recorder.scores == unbroken.recorder.scores
    assert_same_bits(weights_of(stopped.solver), weights_of(unbroken.solver))


def test_a_snapshot_out_of_a_callback_within_a_test(tmp_path):
    class Keeper(SolverCallback):
        def on_test(self, solver, test_net_id, scores):
            if solver.iter == 8 and test_net_id == 0:
                solver.snapshot()

    unbroken = Run(RANDOM_REGRESSION, MID_TEST, tmp_path)
    first = make_solver(RANDOM_REGRESSION, f'{MID_TEST} snapshot_prefix: "{tmp_path}/first"')
    first.add_callback(Keeper())
    first.step(9)
    state = tmp_path / "first_iter_8.solverstate"
    resumed = Run(RANDOM_REGRESSION, MID_TEST, tmp_path, seed=99, resume=state)
    resumed.assert_goes_on_like(unbroken, 8)

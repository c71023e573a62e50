import itertools
import json
import shutil

import numpy as np
import pytest

from blobnet import SnapshotError
from blobnet.proto import NetParameter, SolverState
from blobnet.serialization.solver_state import read_solver_state
from tests.solver.training import (
    SOLVER_SETTINGS,
    assert_same_bits,
    make_solver,
    rewritten,
    trained,
    weights_of,
)

# --- what is written ------------------------------------------------------------------------------


def test_two_files_are_named_after_the_iteration(settings, ending, tmp_path):
    state = trained(settings).snapshot()
    assert state == tmp_path / f"small_iter_3.solverstate{ending}"
    assert {path.name for path in tmp_path.iterdir()} == {
        f"small_iter_3.caffemodel{ending}",
        f"small_iter_3.solverstate{ending}",
    }


def test_a_binary_state_has_caffes_fields_and_one_that_it_skips(tmp_path):
    solver = trained(f'snapshot_prefix: "{tmp_path}/small" momentum: 0.9')
    proto = SolverState.FromString(solver.snapshot().read_bytes())
    assert {field.name for field, _ in proto.ListFields()} == {
        "iter", "learned_net", "history", "current_step", "blobnet_state",
    }  # fmt: skip
    assert proto.iter == 3
    assert proto.learned_net == f"{tmp_path}/small_iter_3.caffemodel"
    for blob, history in zip(proto.history, solver.history_, strict=True):
        assert tuple(blob.shape.dim) == history.shape
        assert list(blob.data) == history.ravel().tolist()
    assert json.loads(proto.blobnet_state)["version"] == 1


def test_an_hdf5_state_has_caffes_datasets(tmp_path):
    h5py = pytest.importorskip("h5py")
    solver = trained(f'snapshot_format: HDF5 snapshot_prefix: "{tmp_path}/small" momentum: 0.9')
    with h5py.File(solver.snapshot(), "r") as file:
        assert set(file) == {"iter", "current_step", "learned_net", "history", "blobnet_state"}
        assert file["iter"][()].tolist() == [3]
        assert file["learned_net"][()] == f"{tmp_path}/small_iter_3.caffemodel.h5".encode()
        for index, history in enumerate(solver.history_):
            np.testing.assert_array_equal(file[f"history/{index}"], history)


def test_current_step_is_that_of_the_last_update(settings):
    """Caffe reads it back, and takes the next step itself."""
    policy = 'lr_policy: "multistep" gamma: 0.5 stepvalue: 2 stepvalue: 3 stepvalue: 9 '
    solver = trained(settings + policy)
    assert read_solver_state(solver.snapshot()).current_step == 1
    solver.step(1)
    assert read_solver_state(solver.snapshot()).current_step == 2


def test_gradients_are_kept_where_they_are_wanted(tmp_path):
    solver = trained(f'snapshot_diff: true snapshot_prefix: "{tmp_path}/small"')
    solver.snapshot()
    net = NetParameter.FromString((tmp_path / "small_iter_3.caffemodel").read_bytes())
    stored = [list(blob.diff) for layer in net.layer for blob in layer.blobs]
    assert stored == [blob.diff.ravel().tolist() for blob in solver.net.learnable_params]


@pytest.mark.parametrize("solver_type", SOLVER_SETTINGS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_restored_is_what_was_written(solver_type, dtype, kind, tmp_path):
    settings = (
        f'type: "{solver_type}" {SOLVER_SETTINGS[solver_type]} '
        f'snapshot_format: {kind} snapshot_prefix: "{tmp_path}/small"'
    )
    solver = trained(settings, dtype=dtype)
    fresh = make_solver(settings="random_seed: 99 " + settings, dtype=dtype)
    fresh.restore(solver.snapshot())
    assert fresh.iter == 3
    assert fresh.last_snapshot == solver.last_snapshot
    assert_same_bits(weights_of(fresh), weights_of(solver))
    assert_same_bits(fresh.history_, solver.history_)
    assert fresh.get_state() == solver.get_state()


def test_the_state_is_json(settings):
    state = trained(settings + "test_iter: 2 test_interval: 2").get_state()
    assert json.loads(json.dumps(state)) == state


def test_a_moved_snapshot_finds_its_weights_beside_it(settings, tmp_path):
    solver = trained(settings)
    state = solver.snapshot()
    (tmp_path / "elsewhere").mkdir()
    for path in tmp_path.glob("small_iter_*"):
        shutil.move(path, tmp_path / "elsewhere" / path.name)
    fresh = make_solver(settings=settings)
    fresh.restore(tmp_path / "elsewhere" / state.name)
    assert_same_bits(weights_of(fresh), weights_of(solver))


def test_weights_beside_the_state_come_before_namesakes_elsewhere(settings, tmp_path):
    """The path in the state is right only as long as nobody trains there again."""
    solver = trained(settings)
    state = solver.snapshot()
    shutil.copytree(tmp_path, tmp_path / "kept")
    trained(settings + "base_lr: 0.5").snapshot()
    fresh = make_solver(settings=settings)
    fresh.restore(tmp_path / "kept" / state.name)
    assert_same_bits(weights_of(fresh), weights_of(solver))


# --- other rules' states --------------------------------------------------------------------------

MEANINGS = {"SGD": 1, "Nesterov": 1, "AdaGrad": 2, "RMSProp": 3, "AdaDelta": 4, "Adam": 5}
"""The same number for rules that keep the same."""


@pytest.mark.parametrize(("rule", "other"), [*itertools.permutations(SOLVER_SETTINGS, 2)])
def test_no_rule_goes_on_with_what_another_one_has_kept(rule, other, tmp_path):
    """Squares taken for changes, say, have the same shapes."""
    prefix = f'snapshot_prefix: "{tmp_path}/small" '
    solver = trained(f'{prefix} type: "{rule}" {SOLVER_SETTINGS[rule]}')
    state = solver.snapshot()
    fresh = make_solver(settings=f'{prefix} type: "{other}" {SOLVER_SETTINGS[other]}')
    if MEANINGS[rule] == MEANINGS[other]:
        fresh.restore(state)
        assert_same_bits(fresh.history_, solver.history_)
        return
    before = weights_of(fresh)
    with pytest.raises(SnapshotError, match=r"another type of solver|Incorrect length"):
        fresh.restore(state)
    assert fresh.iter == 0
    assert_same_bits(weights_of(fresh), before)


# --- other programs' and other times' files -------------------------------------------------------


def test_a_state_without_our_field_is_enough_to_go_on(settings):
    """Caffe's own. The data begin anew, and so does the window of losses."""
    solver = trained(settings, steps=7)
    state = rewritten(solver.snapshot(), extra=b"")
    fresh = make_solver(settings=settings + "average_loss: 4")
    fresh.restore(state)
    assert fresh.iter == 7
    assert_same_bits(weights_of(fresh), weights_of(solver))
    losses = []
    fresh.add_callback(lambda: None, lambda: losses.append(fresh.loss))
    fresh.step(6)
    assert fresh.smoothed_loss == pytest.approx(np.mean(losses[-4:]))


def test_a_state_without_weights_leaves_them_as_they_are(settings):
    state = rewritten(trained(settings).snapshot(), learned_net="")
    fresh = make_solver(settings="random_seed: 99 " + settings)
    before = weights_of(fresh)
    fresh.restore(state)
    assert fresh.iter == 3
    assert_same_bits(weights_of(fresh), before)


def test_history_with_four_axes_is_that_of_an_early_caffe(settings):
    solver = trained(settings)
    state = solver.snapshot()
    four = [np.reshape(array, (1,) * (4 - array.ndim) + array.shape) for array in solver.history_]
    fresh = make_solver(settings=settings)
    fresh.restore(rewritten(state, history=four))
    assert_same_bits(fresh.history_, solver.history_)

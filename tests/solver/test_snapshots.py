import errno
import json
import os
import shutil

import numpy as np
import pytest

from blobnet import SnapshotError, WeightsError
from blobnet.proto import NetParameter, SolverState
from blobnet.serialization.solver_state import read_solver_state, write_solver_state
from tests.solver.training import SOLVER_SETTINGS, assert_same_bits, make_solver, weights_of

FORMATS = {"BINARYPROTO": "", "HDF5": ".h5"}


@pytest.fixture(params=FORMATS)
def kind(request):
    """How snapshots are kept; HDF5 only where it is installed."""
    if request.param == "HDF5":
        pytest.importorskip("h5py")
    return request.param


@pytest.fixture
def settings(kind, tmp_path):
    return f'snapshot_format: {kind} snapshot_prefix: "{tmp_path}/small" momentum: 0.9 '


def trained(settings, steps=3, **options):
    solver = make_solver(settings=settings, **options)
    solver.step(steps)
    return solver


def rewritten(path, **fields):
    """Write a snapshot's state again, with some of its fields changed."""
    stored = read_solver_state(path)
    for name, value in fields.items():
        setattr(stored, name, value)
    write_solver_state(path, stored)
    return path


# --- what is written ------------------------------------------------------------------------------


def test_two_files_are_named_after_the_iteration(settings, kind, tmp_path):
    state = trained(settings).snapshot()
    assert state == tmp_path / f"small_iter_3.solverstate{FORMATS[kind]}"
    assert {path.name for path in tmp_path.iterdir()} == {
        f"small_iter_3.caffemodel{FORMATS[kind]}",
        f"small_iter_3.solverstate{FORMATS[kind]}",
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
    fresh.step(9)
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


# --- files that cannot be used --------------------------------------------------------------------


def test_a_missing_state_is_named(settings, tmp_path):
    with pytest.raises(
        SnapshotError, match=r"nowhere.solverstate: no such solver state\n.*current"
    ):
        make_solver(settings=settings).restore(tmp_path / "nowhere.solverstate")


def test_missing_weights_are_named(settings, kind, tmp_path):
    state = trained(settings).snapshot()
    (tmp_path / f"small_iter_3.caffemodel{FORMATS[kind]}").unlink()
    with pytest.raises(WeightsError, match=r"small_iter_3.caffemodel.*cannot be read"):
        make_solver(settings=settings).restore(state)


def test_a_state_cut_short_anywhere_is_refused(settings):
    state = trained(settings).snapshot()
    whole = state.read_bytes()
    solver = make_solver(settings=settings)
    before = weights_of(solver)
    for length in [0, 1, 2, *range(5, len(whole) - 1, max(1, len(whole) // 60))]:
        state.write_bytes(whole[:length])
        try:
            solver.restore(state)
        except SnapshotError:
            assert solver.iter == 0
            assert_same_bits(weights_of(solver), before)
        else:  # nothing but our own field is missing, which is the last one
            assert state.suffix != ".h5"
            assert read_solver_state(state).extra == b""
            solver = make_solver(settings=settings)


@pytest.mark.parametrize("damage", [b"", b"rubbish " * 40, b"\x89HDF\r\n\x1a\n" + b"\0" * 600])
def test_a_file_of_something_else_is_refused(damage, settings, kind, tmp_path):
    file = tmp_path / f"other.solverstate{FORMATS[kind]}"
    file.write_bytes(damage)
    with pytest.raises(SnapshotError, match=r"other.solverstate"):
        make_solver(settings=settings).restore(file)


def test_weights_are_no_solver_state(settings, kind, tmp_path):
    trained(settings).snapshot()
    with pytest.raises(SnapshotError, match=r"small_iter_3.caffemodel"):
        make_solver(settings=settings).restore(tmp_path / f"small_iter_3.caffemodel{FORMATS[kind]}")


@pytest.mark.parametrize("other", ["Adam", "AdaDelta"])
def test_the_history_of_another_update_rule_is_refused(other, settings):
    state = trained(settings).snapshot()
    solver = make_solver(settings=f'{settings} type: "{other}"')
    before = weights_of(solver)
    with pytest.raises(SnapshotError, match=r"Incorrect length of history.*\n.* 8 of.*\n.* 4 of"):
        solver.restore(state)
    assert_same_bits(weights_of(solver), before)


def test_the_history_of_another_net_is_refused(settings):
    state = trained(settings).snapshot()
    stored = read_solver_state(state)
    stored.history[2] = stored.history[2].T
    write_solver_state(state, stored)
    with pytest.raises(
        SnapshotError, match=r"Incorrect length of history.*\n.*\(3, 5\).*\n.*\(5, 3\)"
    ):
        make_solver(settings=settings).restore(state)


def test_text_in_the_place_of_history_is_refused(tmp_path):
    h5py = pytest.importorskip("h5py")
    settings = f'snapshot_format: HDF5 snapshot_prefix: "{tmp_path}/small"'
    state = trained(settings).snapshot()
    with h5py.File(state, "r+") as file:
        del file["history/1"]
        file["history/1"] = np.array([b"a", b"b", b"c", b"d", b"e"])
    with pytest.raises(SnapshotError, match="not numbers"):
        make_solver(settings=settings).restore(state)


def state_with(net=None, tests=(), first_iter=0):
    """Our own part of a state, with something in it that should not be there."""
    losses = {"value": 1, "losses": [1], "first_iter": first_iter}
    return json.dumps(
        {"version": 1, "net": {"data": net}, "test_nets": tests, "smoothed_loss": losses}
    )


def random_state(number):
    state = {"state": number, "inc": 1}
    return {"rng": {"bit_generator": "PCG64", "state": state, "has_uint32": 0, "uinteger": 0}}


HOSTILE = [
    "\xff\xfe nothing that can be read",
    "{",
    "[" * 100_000,
    '{"a":' * 100_000,
    "null",
    "7",
    '"version"',
    "[1, 2]",
    "{}",
    '{"version": 2}',
    '{"version": 1}',
    '{"version": 1, "net": 7, "test_nets": [], "smoothed_loss": {}}',
    '{"version": 1, "net": {}, "test_nets": 7, "smoothed_loss": {}}',
    '{"version": 1, "net": {}, "test_nets": [], "smoothed_loss": []}',
    state_with(net=7),
    state_with(net={}),
    state_with(net={"rng": "x"}),
    state_with(net=random_state(-1)),
    state_with(net=random_state(float("inf"))),
    state_with(net=random_state(10**400)),
    state_with(net=random_state(1)).replace('"state": 1,', f'"state": 1{"0" * 5000},'),
    state_with(net=random_state(1), first_iter=float("inf")),
    state_with(net=random_state(1), first_iter="x"),
]


@pytest.mark.parametrize("extra", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_state_is_refused(extra, settings):
    state = rewritten(trained(settings).snapshot(), extra=extra.encode("latin-1"))
    with pytest.raises(SnapshotError, match=r"small_iter_3.solverstate.*random numbers"):
        make_solver(settings=settings).restore(state)


# --- a disk that will not take it -----------------------------------------------------------------


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_full_disk_is_called_so_and_costs_no_older_snapshot(
    function, settings, tmp_path, monkeypatch
):
    solver = trained(settings)
    solver.snapshot()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    solver.step(2)
    solver.iter_ = 3  # so that it would replace what is there
    monkeypatch.setattr(os, function, full)
    with pytest.raises(SnapshotError, match="the disk is full"):
        solver.snapshot()
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_write_that_breaks_off_leaves_nothing_behind(settings, tmp_path):
    """The system itself refuses: no file of this process may grow beyond so many bytes."""
    resource = pytest.importorskip("resource")
    solver = trained(settings)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in (0, 100, 400, 800):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(SnapshotError, match="cannot be written"):
                solver.snapshot()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_folder_that_went_away_is_named(settings, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    solver = trained(settings.replace("/small", "/out/small"))
    folder.rmdir()
    with pytest.raises(SnapshotError, match=rf"cannot be written\n.*\n.*make the folder.*{folder}"):
        solver.snapshot()


def test_a_failed_snapshot_is_not_the_last_good_one(settings, monkeypatch):
    solver = trained(settings)
    good = solver.snapshot()
    solver.step(1)
    monkeypatch.setattr(os, "replace", lambda *args: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(SnapshotError):
        solver.snapshot()
    assert solver.last_snapshot == good

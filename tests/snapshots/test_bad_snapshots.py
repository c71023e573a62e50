"""Snapshots that cannot be read, and disks on which none can be written."""

import errno
import json
import os

import numpy as np
import pytest

from blobnet import SnapshotError, WeightsError
from blobnet.proto import SolverState
from blobnet.serialization.solver_state import read_solver_state, write_solver_state
from tests.solver.training import assert_same_bits, make_solver, rewritten, trained, weights_of


def test_a_missing_state_is_named(settings, tmp_path):
    with pytest.raises(
        SnapshotError, match=r"nowhere.solverstate: no such solver state\n.*current"
    ):
        make_solver(settings=settings).restore(tmp_path / "nowhere.solverstate")


def test_missing_weights_are_named(settings, ending, tmp_path):
    state = trained(settings).snapshot()
    (tmp_path / f"small_iter_3.caffemodel{ending}").unlink()
    with pytest.raises(WeightsError, match=r"solverstate\S*: the weights .*\n.*small_iter_3.caffe"):
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
def test_a_file_of_something_else_is_refused(damage, settings, ending, tmp_path):
    file = tmp_path / f"other.solverstate{ending}"
    file.write_bytes(damage)
    with pytest.raises(SnapshotError, match=r"other.solverstate"):
        make_solver(settings=settings).restore(file)


def test_weights_are_no_solver_state(settings, ending, tmp_path):
    trained(settings).snapshot()
    with pytest.raises(SnapshotError, match=r"small_iter_3.caffemodel"):
        make_solver(settings=settings).restore(tmp_path / f"small_iter_3.caffemodel{ending}")


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


def test_a_history_too_large_for_float32_is_refused_and_nothing_is_changed(settings):
    state = trained(settings).snapshot()
    stored = read_solver_state(state)
    stored.history[1] = stored.history[1].astype("f8") + 1e300
    write_solver_state(state, stored)
    solver = make_solver(settings=settings)
    before = weights_of(solver)
    with pytest.raises(SnapshotError, match=r"small_iter_3.*history: .*too large for float32"):
        solver.restore(state)
    assert_same_bits(weights_of(solver), before)


@pytest.mark.parametrize("dims", [[1] * 65, [0, 2**62, 2**62], [2**62] * 1000])
def test_a_history_of_impossible_axes_is_refused(dims, settings, tmp_path):
    proto = SolverState(iter=1)
    for _ in range(4):
        proto.history.add(data=[] if 0 in dims else [1]).shape.dim.extend(dims)
    (tmp_path / "x.solverstate").write_bytes(proto.SerializeToString())
    with pytest.raises(SnapshotError, match=r"x\.solverstate: (not a solver state|Incorrect)"):
        make_solver(settings=settings).restore(tmp_path / "x.solverstate")


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

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from blobnet import SnapshotError
from blobnet.proto import NetParameter, SolverState
from blobnet.serialization.solver_state import read_solver_state, write_solver_state
from blobnet.serialization.stored import StoredSolverState

LENET = Path(__file__).parents[2].parent / "shared" / "reference" / "lenet"
needs_lenet = pytest.mark.skipif(
    not LENET.is_dir(), reason="Caffe's own LeNet snapshots are not beside this checkout"
)
KINDS = ["x.solverstate", "x.solverstate.h5"]


def state(dtype: str = "f4", **changes: object) -> StoredSolverState:
    rng = np.random.default_rng(0)
    shapes: list[tuple[int, ...]] = [(2, 3), (4,), ()]
    history = [np.asarray(rng.normal(size=shape), dtype) for shape in shapes]
    fields = {
        "iter": 123, "current_step": 4, "learned_net": "net_iter_123.caffemodel",
        "history": history, "extra": b'{"a": 1}',
    }  # fmt: skip
    return StoredSolverState(**{**fields, **changes})


def assert_same(one: StoredSolverState, other: StoredSolverState) -> None:
    for field in ("iter", "current_step", "learned_net", "extra"):
        assert getattr(one, field) == getattr(other, field), field
    assert len(one.history) == len(other.history)
    for a, b in zip(one.history, other.history, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "original",
    [
        state(),
        state("f8"),
        state(iter=0, current_step=0, learned_net="", history=[], extra=b""),
        state(learned_net="ディレクトリ/net.caffemodel"),
        state(extra=bytes(range(256))),
    ],
    ids=["float32", "float64", "empty", "any script", "any bytes"],
)
def test_what_is_written_is_read(kind, original, tmp_path):
    write_solver_state(tmp_path / kind, original)
    assert_same(read_solver_state(tmp_path / kind), original)
    assert [path.name for path in tmp_path.iterdir()] == [kind]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_read_can_be_written_into(kind, tmp_path):
    write_solver_state(tmp_path / kind, state())
    read_solver_state(str(tmp_path / kind)).history[0][...] = 7


def test_the_binary_form_is_caffes_message(tmp_path):
    original = state()
    write_solver_state(tmp_path / "x.solverstate", original)
    proto = SolverState.FromString((tmp_path / "x.solverstate").read_bytes())
    assert (proto.iter, proto.current_step, proto.learned_net) == (123, 4, original.learned_net)
    assert [list(blob.shape.dim) for blob in proto.history] == [[2, 3], [4], []]
    np.testing.assert_array_equal(proto.history[0].data, original.history[0].ravel())


def test_caffe_writes_nothing_of_ours(tmp_path):
    write_solver_state(tmp_path / "x.solverstate", state(extra=b""))
    proto = SolverState.FromString((tmp_path / "x.solverstate").read_bytes())
    assert not proto.HasField("blobnet_state")


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_leaves_the_old_state(kind, tmp_path, monkeypatch):
    write_solver_state(tmp_path / kind, state())

    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(SnapshotError, match="the disk is full"):
        write_solver_state(tmp_path / kind, state(iter=124))
    assert_same(read_solver_state(tmp_path / kind), state())
    assert [path.name for path in tmp_path.iterdir()] == [kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_folder_is_told(kind, tmp_path):
    with pytest.raises(SnapshotError, match="make the folder first"):
        write_solver_state(tmp_path / "none" / kind, state())


# --- files that hold no state ---------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_is_told_with_the_folder_that_paths_start_from(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SnapshotError) as caught:
        read_solver_state(kind)
    assert f"{kind}: no such solver state" in str(caught.value)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "there"),
    [("s.solverstate", "s.solverstate.h5"), ("s.solverstate.h5", "s.solverstate")],
)
def test_a_missing_file_suggests_the_one_of_the_other_format(asked, there, tmp_path):
    (tmp_path / there).touch()
    with pytest.raises(SnapshotError, match=f"did you mean .*{there}\\?"):
        read_solver_state(tmp_path / asked)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cut", [0, 1, 50, -1])
def test_a_truncated_state_is_told(kind, cut, tmp_path):
    write_solver_state(tmp_path / kind, state())
    content = (tmp_path / kind).read_bytes()
    (tmp_path / kind).write_bytes(content[:cut])
    with pytest.raises(SnapshotError, match=rf"{kind}(.*\n)*.*damaged"):
        read_solver_state(tmp_path / kind)


def weights() -> bytes:
    net = NetParameter(name="net")
    net.layer.add(name="ip").blobs.add().data.extend([1, 2])
    return net.SerializeToString()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "content", [b"base_lr: 0.1\nmax_iter: 100\n", weights(), b"\x00" * 9, b"\xff" * 9],
    ids=["prototxt", "weights", "zeros", "ones"],
)  # fmt: skip
def test_another_kind_of_file_is_told(kind, content, tmp_path):
    (tmp_path / kind).write_bytes(content)
    with pytest.raises(SnapshotError, match=kind):
        read_solver_state(tmp_path / kind)


@pytest.mark.parametrize("dims", [[2**40, 2**40], [3], [-1, -2], [1] * 33])
def test_a_history_whose_shape_lies_is_told_without_allocating(dims, tmp_path):
    proto = SolverState(iter=1)
    blob = proto.history.add(data=[1, 2])
    blob.shape.dim.extend(dims)
    (tmp_path / "x.solverstate").write_bytes(proto.SerializeToString())
    with pytest.raises(SnapshotError, match="not a solver state that can be read"):
        read_solver_state(tmp_path / "x.solverstate")


@pytest.mark.parametrize("kind", KINDS)
def test_the_history_is_looked_at_before_any_of_it_is_read(kind, tmp_path, monkeypatch):
    write_solver_state(tmp_path / kind, state())
    seen = []

    def refuse(shapes):
        seen.extend(shapes)
        raise SnapshotError("of another net")

    def read(*args, **kwargs):
        raise AssertionError("numbers were read")

    monkeypatch.setattr("blobnet.serialization.packed._Packed.load", read)
    monkeypatch.setattr("blobnet.serialization.hdf5_file.Hdf5File.read", read)
    with pytest.raises(SnapshotError, match="of another net"):
        read_solver_state(tmp_path / kind, refuse)
    assert seen == [(2, 3), (4,), ()]


def test_a_path_of_weights_that_is_no_utf8_is_refused(tmp_path):
    content = SolverState(iter=1, learned_net="ab").SerializeToString()
    (tmp_path / "x.solverstate").write_bytes(content.replace(b"ab", b"\xff\xfe"))
    with pytest.raises(SnapshotError, match=r"x\.solverstate(.*\n)*.*UTF-8"):
        read_solver_state(tmp_path / "x.solverstate")


def test_a_history_of_very_many_blobs_is_refused(tmp_path):
    content = SolverState(iter=1).SerializeToString() + b"\x1a\0" * 300_000
    (tmp_path / "x.solverstate").write_bytes(content)
    with pytest.raises(SnapshotError, match=r"x\.solverstate, a message of very many fields"):
        read_solver_state(tmp_path / "x.solverstate")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@pytest.mark.parametrize("kind", KINDS)
def test_a_pipe_is_not_opened(kind, tmp_path):
    os.mkfifo(tmp_path / kind)
    with pytest.raises(SnapshotError, match=rf"{kind}: cannot be read\n.*\n.*a pipe"):
        read_solver_state(tmp_path / kind)


@pytest.mark.parametrize("value", [[1, 2], [1.5], [2**40], b"1"])
@pytest.mark.parametrize("name", ["iter", "current_step"])
def test_what_is_not_one_whole_number(name, value, tmp_path):
    h5py = pytest.importorskip("h5py")
    write_solver_state(tmp_path / KINDS[1], state())
    with h5py.File(tmp_path / KINDS[1], "r+") as file:
        del file[name]
        file[name] = value
    with pytest.raises(SnapshotError, match=rf"{KINDS[1]}(.*\n)*.*/{name}"):
        read_solver_state(tmp_path / KINDS[1])


def no_memory(*args, **kwargs):
    raise MemoryError


def test_a_machine_without_memory_is_an_error_of_snapshots(tmp_path, monkeypatch):
    write_solver_state(tmp_path / KINDS[0], state())
    monkeypatch.setattr("blobnet.serialization.packed._Packed.load", no_memory)
    with pytest.raises(SnapshotError, match=rf"{KINDS[0]}: .*not enough memory"):
        read_solver_state(tmp_path / KINDS[0])


def test_hdf5_is_written_in_memory_which_may_not_suffice(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    write_solver_state(tmp_path / KINDS[1], state())
    monkeypatch.setattr(h5py.Group, "__setitem__", no_memory)
    with pytest.raises(SnapshotError, match=rf"{KINDS[1]}: cannot be written: not enough memory"):
        write_solver_state(tmp_path / KINDS[1], state(iter=124))
    assert_same(read_solver_state(tmp_path / KINDS[1]), state())
    assert [path.name for path in tmp_path.iterdir()] == [KINDS[1]]


# --- Caffe's own files ----------------------------------------------------------------------------


@needs_lenet
@pytest.mark.parametrize("ending", ["", ".h5"])
def test_a_state_that_caffe_wrote_is_read(ending):
    stored = read_solver_state(LENET / f"lenet_iter_100.solverstate{ending}")
    assert (stored.iter, stored.current_step, stored.extra) == (100, 0, b"")
    assert stored.learned_net == f"lenet_iter_100.caffemodel{ending}"
    assert [array.shape for array in stored.history] == [
        (20, 1, 5, 5), (20,), (50, 20, 5, 5), (50,), (500, 800), (500,), (10, 500), (10,)
    ]  # fmt: skip
    assert all(array.any() for array in stored.history)


@needs_lenet
def test_both_kinds_of_caffes_state_hold_the_same_numbers():
    binary, hdf5 = (
        read_solver_state(LENET / f"lenet_iter_100.solverstate{ending}") for ending in ("", ".h5")
    )
    for a, b in zip(binary.history, hdf5.history, strict=True):
        np.testing.assert_array_equal(a, b)


@needs_lenet
def test_caffes_state_is_written_as_caffe_wrote_it(tmp_path):
    path = LENET / "lenet_iter_100.solverstate"
    write_solver_state(tmp_path / "x.solverstate", read_solver_state(path))
    ours, theirs = (
        SolverState.FromString(file.read_bytes()) for file in (tmp_path / "x.solverstate", path)
    )
    assert ours == theirs

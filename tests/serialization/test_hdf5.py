from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from blobnet import MissingExtraError, SnapshotError, WeightsError
from blobnet.blob import Blob
from blobnet.serialization.hdf5 import (
    read_hdf5_state,
    read_hdf5_weights,
    write_hdf5_state,
    write_hdf5_weights,
)
from blobnet.serialization.stored import StoredSolverState
from blobnet.serialization.weights import read_weights

h5py = pytest.importorskip("h5py", reason="the extra `hdf5` is not installed")


def blob(*shape: int, dtype: str = "f4") -> Blob:
    made = Blob(shape, dtype=dtype)
    made.data[...] = np.arange(1, made.count + 1).reshape(shape)
    made.diff[...] = -made.data
    return made


def write(path: Path, layers: dict[str, list[Blob]], write_diff: bool = False) -> Path:
    rows = [(name, i, each, True) for name, blobs in layers.items() for i, each in enumerate(blobs)]
    write_hdf5_weights(path, iter(layers), iter(rows), write_diff)
    return path


def tree(path: Path) -> list[str]:
    found: list[str] = []
    with h5py.File(path) as file:
        file.visit(found.append)
    return found


# --- weights --------------------------------------------------------------------------------------


def test_the_layout_is_caffes(tmp_path):
    path = write(tmp_path / "w.h5", {"data": [], "ip": [blob(2, 3), blob(2)]})
    assert tree(path) == ["data", "data/data", "data/ip", "data/ip/0", "data/ip/1"]
    with h5py.File(path) as file:
        assert file["data/ip/0"].dtype == np.float32
        np.testing.assert_array_equal(file["data/ip/0"][()], [[1, 2, 3], [4, 5, 6]])


def test_gradients_stand_under_diff_when_asked_those_of_sharers_too(tmp_path):
    path, owner, sharer = tmp_path / "w.h5", blob(2), blob(2)
    rows = [("a", 0, owner, True), ("b", 0, sharer, False)]
    write_hdf5_weights(path, ["a", "b", "c"], rows, write_diff=True)
    assert tree(path) == [
        "data", "data/a", "data/a/0", "data/b", "data/c",
        "diff", "diff/a", "diff/a/0", "diff/b", "diff/b/0", "diff/c",
    ]  # fmt: skip
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["diff/b/0"][()], [-1, -2])


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (1, 2, 1, 2, 1), (2, 0)])
def test_a_blob_of_any_shape_comes_back(shape, dtype, tmp_path):
    original = blob(*shape, dtype=dtype)
    stored = read_hdf5_weights(write(tmp_path / "w", {"it": [original]}))["it"][0]
    assert stored.shape == shape
    assert stored.fits(shape)
    assert not stored.legacy
    assert stored.load().dtype == np.dtype(dtype)
    np.testing.assert_array_equal(stored.load(), original.data)


def test_slashes_make_nested_groups_and_are_read_back(tmp_path):
    layers = {
        "inception_3a/1x1": [blob(2), blob(3)],
        "inception_3a/3x3/reduce": [blob(4)],
        "inception_3a/pool": [],
        "inception_3a": [blob(5)],
        "plain": [],
        "5": [blob(6)],
        "5/6": [],
    }
    path = write(tmp_path / "w", layers)
    assert "data/inception_3a/3x3/reduce/0" in tree(path)
    stored = read_hdf5_weights(path)
    assert {name: [b.shape for b in blobs.values()] for name, blobs in stored.items()} == {
        name: [b.shape for b in blobs] for name, blobs in layers.items()
    }


def test_more_than_ten_blobs_keep_their_indices(tmp_path):
    stored = read_hdf5_weights(write(tmp_path / "w", {"it": [blob(i + 1) for i in range(12)]}))
    assert {index: each.shape for index, each in stored["it"].items()} == {
        i: (i + 1,) for i in range(12)
    }


@pytest.mark.parametrize("name", ["/ip", "ip/", "a//b", ".", "a/./b", "", "a\0b"])
def test_a_name_that_hdf5_would_change_is_refused(name, tmp_path):
    with pytest.raises(WeightsError, match=r"HDF5 cannot keep(.*\n)*.*binary"):
        write(tmp_path / "w", {name: [blob(2)]})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("others", [["a/0"], ["a/0/b"]])
def test_a_name_that_stands_where_a_weight_has_to_is_refused(others, tmp_path):
    with pytest.raises(WeightsError, match='HDF5 cannot keep the weights of layer "a"'):
        write(tmp_path / "w", {"a": [blob(2)], **{name: [blob(2)] for name in others}})
    assert not list(tmp_path.iterdir())


def test_two_layers_of_one_name_are_refused(tmp_path):
    rows = [("a", 0, blob(2), True), ("a", 0, blob(3), True)]
    with pytest.raises(WeightsError, match='layer "a"'):
        write_hdf5_weights(tmp_path / "w", ["a", "a"], rows, write_diff=False)


def test_numbers_are_read_only_when_they_are_loaded(tmp_path):
    path = write(tmp_path / "w", {"it": [blob(2)]})
    stored = read_hdf5_weights(path)["it"][0]
    write(path, {"it": [Blob(2)]})
    np.testing.assert_array_equal(stored.load(), [0, 0])


# --- files that hold no weights -------------------------------------------------------------------


def test_an_hdf5_file_of_another_program_is_told(tmp_path):
    for number, contents in enumerate(({}, {"weights/0": 1}, {"data": 1})):
        path = tmp_path / f"{number}.h5"
        with h5py.File(path, "w") as file:
            for name, value in contents.items():
                file[name] = value
        with pytest.raises(
            WeightsError, match=r"not an HDF5 file of this kind(.*\n)*.*no group /data"
        ):
            read_weights(path)


def test_weights_that_are_no_numbers_are_told_as_damage(tmp_path):
    with h5py.File(tmp_path / "w", "w") as file:
        file["data/ip/0"] = "text"
        file["data/ip/1"] = [1, 2]
    stored = read_hdf5_weights(tmp_path / "w")["ip"]
    assert "not numbers" in stored[0].damage
    assert stored[1].damage is None


def test_a_dataset_that_is_not_numbered_is_no_weight(tmp_path):
    path = write(tmp_path / "w", {"ip": [blob(2)]})
    with h5py.File(path, "r+") as file:
        file["data/ip/momentum"] = [1, 2]
        file["data/ip/nothing"] = []
        file["data/ip/²"] = [1, 2]
    stored = read_hdf5_weights(path)
    assert {name: list(blobs) for name, blobs in stored.items()} == {"ip": [0]}


@pytest.mark.parametrize("cut", [8, 100, 1000, -1])
def test_a_truncated_file_is_told(cut, tmp_path):
    path = write(tmp_path / "w", {"ip": [blob(20, 20)]})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(WeightsError, match=r"cut short or damaged"):
        read_weights(path)


def test_a_huge_shape_is_told_without_being_allocated(tmp_path):
    with h5py.File(tmp_path / "w", "w") as file:
        file.create_dataset("data/ip/0", shape=(2**40, 2**10), dtype="f4", chunks=(1, 1024))
    stored = read_hdf5_weights(tmp_path / "w")["ip"][0]
    assert stored.shape == (2**40, 2**10)
    assert not stored.fits((2, 3))


def test_without_h5py_the_command_to_install_it_is_told(tmp_path, monkeypatch):
    path = write(tmp_path / "w", {"ip": [blob(2)]})
    monkeypatch.setitem(sys.modules, "h5py", None)
    for act in (lambda: read_weights(path), lambda: write(tmp_path / "v", {"ip": [blob(2)]})):
        with pytest.raises(MissingExtraError, match=r'HDF5(.*\n)*.*pip install "blobnet\[hdf5\]"'):
            act()
    assert [each.name for each in tmp_path.iterdir()] == ["w"]


# --- solver states: what both kinds share is in test_solver_state.py ------------------------------


def test_the_layout_of_a_state_is_caffes(tmp_path):
    path = tmp_path / "s.h5"
    state = StoredSolverState(7, 2, "dir/net.caffemodel.h5", [np.ones((2, 3), "f4")], b"{}")
    write_hdf5_state(path, state)
    assert sorted(tree(path)) == [
        "blobnet_state", "current_step", "history", "history/0", "iter", "learned_net"
    ]  # fmt: skip
    with h5py.File(path) as file:
        assert [file[name].shape for name in ("iter", "current_step", "learned_net")] == [
            (1,),
            (1,),
            (),
        ]
        assert [file[name].dtype for name in ("iter", "current_step")] == [np.int32, np.int32]
        assert file["learned_net"].dtype == "S22", "a NUL follows the 21 letters"
        assert file["learned_net"][()] == b"dir/net.caffemodel.h5"


def test_a_state_without_ours_is_caffes_alone(tmp_path):
    write_hdf5_state(tmp_path / "s.h5", StoredSolverState(7))
    assert sorted(tree(tmp_path / "s.h5")) == ["current_step", "history", "iter", "learned_net"]


def test_the_history_is_in_order_beyond_ten(tmp_path):
    history = [np.full(2, i, "f4") for i in range(12)]
    write_hdf5_state(tmp_path / "s.h5", StoredSolverState(0, history=history))
    np.testing.assert_array_equal(read_hdf5_state(tmp_path / "s.h5").history, history)


@pytest.mark.parametrize(
    "contents",
    [
        {},
        {"iter": [1], "current_step": [0]},
        {"iter": [1], "history/0": [1.0]},
        {"current_step": [0], "history/0": [1.0]},
        {"iter": [1], "current_step": [0], "history/1": [1.0]},
        {"iter": [], "current_step": [0], "history/0": [1.0]},
        {"iter": "one", "current_step": [0], "history/0": [1.0]},
        {"iter/0": [1], "current_step": [0], "history/0": [1.0]},
        {"iter": [1], "current_step": [0], "history": [1.0]},
        {"iter": [1], "current_step": [0], "history/0": [1.0], "learned_net": b"\xff\xfe"},
        {"iter": [1], "current_step": [0], "history/0": [1.0], "blobnet_state/0": [1]},
    ],
)
def test_a_state_that_is_not_complete_is_an_error_of_snapshots(contents, tmp_path):
    with h5py.File(tmp_path / "s.h5", "w") as file:
        for name, value in contents.items():
            file[name] = value
    with pytest.raises(SnapshotError, match=r"s\.h5: not an HDF5 file of this kind"):
        read_hdf5_state(tmp_path / "s.h5")

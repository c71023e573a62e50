"""Files given for others: errors say what they are."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from blobnet import DataError, SnapshotError, WeightsError
from blobnet.blob import Blob
from blobnet.proto import NetParameter, SolverState
from blobnet.serialization.blob_file import read_blob
from blobnet.serialization.blob_proto import blob_to_proto
from blobnet.serialization.kinds import BLOB, STATE, WEIGHTS, is_hdf5, kind_of_file
from blobnet.serialization.solver_state import read_solver_state
from blobnet.serialization.weights import read_weights


def weights() -> bytes:
    net = NetParameter(name="net")
    net.layer.add(name="ip", type="InnerProduct").blobs.append(blob_to_proto(Blob(300)))
    return net.SerializeToString()


def old_weights() -> bytes:
    net = NetParameter(name="net")
    net.layers.add(name="ip").blobs.append(blob_to_proto(Blob(300)))
    return net.SerializeToString()


def state() -> bytes:
    proto = SolverState(iter=3, learned_net="w.caffemodel")
    proto.history.append(blob_to_proto(Blob(300)))
    return proto.SerializeToString()


def blob() -> bytes:
    return blob_to_proto(Blob(3, 4)).SerializeToString()


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("a", "b")
    return file.getvalue()


def array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.ones(3))
    return file.getvalue()


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 244\n"
FOREIGN = {
    "a pointer of Git LFS": POINTER,
    "an empty file": b"",
    "a gzip archive": gzip.compress(weights()),
    "a zip archive": archive(),
    "an array of NumPy": array(),
    "a pickle of Python": pickle.dumps({"a": 1}, 2),
    "a web page": b"\n<!DOCTYPE html>\n<html><title>404</title></html>",
    "a PNG image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a JPEG image": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "a prototxt": b'name: "LeNet"\nlayer {\n  name: "data"\n}\n',
    "nothing but zeros": bytes(5000),
}


def write(folder: Path, content: bytes) -> Path:
    (folder / "given").write_bytes(content)
    return folder / "given"


@pytest.mark.parametrize("what", FOREIGN)
def test_every_reader_says_what_it_was_given(what, tmp_path):
    path = write(tmp_path, FOREIGN[what])
    readers = [
        (read_weights, WeightsError),
        (read_solver_state, SnapshotError),
        (lambda path: read_blob(path, "mean_file"), DataError),
    ]
    for read, error in readers:
        with pytest.raises(error, match=rf"given: not a(.*\n)*.*got: .*{what}"):
            read(path)


def test_the_way_out_of_a_pointer_is_told(tmp_path):
    with pytest.raises(WeightsError, match=r"fix: .*git lfs pull"):
        read_weights(write(tmp_path, POINTER))


def test_weights_given_as_a_state_and_the_reverse(tmp_path):
    with pytest.raises(WeightsError, match=r"got: .*a solver state(.*\n)*.*fix: .*--snapshot"):
        read_weights(write(tmp_path, state()))
    for content in (weights(), old_weights()):
        with pytest.raises(SnapshotError, match=r"got: .*weights(.*\n)*.*fix: .*--weights"):
            read_solver_state(write(tmp_path, content))
    for content in (weights(), state()):
        with pytest.raises(DataError, match=r"got: .*\.(caffemodel|solverstate)\)"):
            read_blob(write(tmp_path, content), "mean_file")


def test_hdf5_weights_given_as_a_state_and_the_reverse(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "w", "w") as file:
        file["data/ip/0"] = [1.0]
    with h5py.File(tmp_path / "s", "w") as file:
        file["iter"], file["current_step"], file["history/0"] = [1], [0], [1.0]
    with pytest.raises(SnapshotError, match=r"got: .*weights .*--weights"):
        read_solver_state(tmp_path / "w")
    with pytest.raises(WeightsError, match=r"got: .*a solver state .*--snapshot"):
        read_weights(tmp_path / "s")
    with pytest.raises(DataError, match="an HDF5 file"):
        read_blob(tmp_path / "w", "mean_file")


def test_the_contents_say_whether_a_file_is_hdf5_and_not_its_name(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "x.solverstate", "w", userblock_size=1024) as file:
        file["iter"], file["current_step"], file["history/0"] = [7], [0], [1.0, 2.0]
    assert is_hdf5(tmp_path / "x.solverstate", SnapshotError)
    stored = read_solver_state(tmp_path / "x.solverstate")
    assert (stored.iter, stored.history[0].tolist()) == (7, [1, 2])
    (tmp_path / "x.solverstate.h5").write_bytes(state())
    assert read_solver_state(tmp_path / "x.solverstate.h5").iter == 3


@pytest.mark.parametrize(
    ("make", "kind"),
    [(weights, WEIGHTS), (old_weights, WEIGHTS), (state, STATE), (blob, BLOB)],
)
def test_messages_are_told_by_their_fields(make, kind, tmp_path):
    assert kind_of_file(write(tmp_path, make())) is kind


@pytest.mark.parametrize("cut", [1, 5, -1])
def test_a_file_of_the_right_kind_is_cut_short_and_not_foreign(cut, tmp_path):
    with pytest.raises(SnapshotError, match="cut short or damaged"):
        read_solver_state(write(tmp_path, state()[:cut]))
    with pytest.raises(WeightsError, match="cut short or damaged"):
        read_weights(write(tmp_path, weights()[:cut]))


def test_nothing_is_said_of_what_is_not_known(tmp_path):
    assert kind_of_file(write(tmp_path, b"\xc3\x28\x07" * 9)) is None
    assert kind_of_file(tmp_path / "none") is None
    assert kind_of_file(tmp_path) is None

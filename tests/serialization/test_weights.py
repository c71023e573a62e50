from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from blobnet import Blob, WeightsError
from blobnet.proto import NetParameter
from blobnet.serialization import weights
from blobnet.serialization.blob_proto import blob_from_proto
from blobnet.serialization.stored import StoredBlob
from blobnet.serialization.weights import read_weights, stored_weights, write_caffemodel

LENET = Path(__file__).parents[2].parent / "shared" / "reference" / "lenet"
needs_lenet = pytest.mark.skipif(
    not LENET.is_dir(), reason="Caffe's own LeNet snapshots are not beside this checkout"
)


def small() -> NetParameter:
    """Two layers, one of them with a matrix and a bias."""
    net = NetParameter(name="small")
    net.layer.add(name="data", type="Input")
    layer = net.layer.add(name="ip", type="InnerProduct")
    for shape in ((2, 3), (2,)):
        blob = layer.blobs.add()
        blob.shape.dim.extend(shape)
        blob.data.extend(range(10, 10 + int(np.prod(shape))))
    return net


@pytest.fixture
def file(tmp_path):
    def write(content: bytes, name: str = "net.caffemodel") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


# --- reading --------------------------------------------------------------------------------------


def test_weights_are_stored_by_layer_name_and_index(file):
    stored = read_weights(file(small().SerializeToString()))
    assert list(stored) == ["data", "ip"]
    assert stored["data"] == {}
    assert {index: blob.shape for index, blob in stored["ip"].items()} == {0: (2, 3), 1: (2,)}
    np.testing.assert_array_equal(stored["ip"][0].load(), [[10, 11, 12], [13, 14, 15]])
    assert stored["ip"][0].load().dtype == np.float32


def test_double_data_is_loaded_in_full_precision():
    net = small()
    blob = net.layer[1].blobs[1]
    blob.double_data.extend([0.1, 0.2])
    loaded = stored_weights(net)["ip"][1].load()
    assert loaded.dtype == np.float64
    np.testing.assert_array_equal(loaded, [0.1, 0.2])


def test_a_file_of_2014_is_read_in_todays_form(file):
    old = NetParameter()
    layer = old.layers.add(name="ip", type=14)
    layer.blobs.add(num=1, channels=1, height=1, width=2, data=[5, 6])
    stored = read_weights(file(old.SerializeToString()))["ip"][0]
    assert stored.legacy
    assert stored.shape == (1, 1, 1, 2)
    assert stored.fits((2,))


def test_numbers_that_are_not_packed_are_read(file):
    """Early files store each float with a tag of its own: field 5, type 5."""
    values = np.array([1.5, -2.5], "<f4")
    unpacked = b"".join(b"\x2d" + value.tobytes() for value in values)
    blob = bytes([0x3A, 0x03, 0x0A, 0x01, 0x02]) + unpacked  # shape { dim: 2 }
    layer = b"\x0a\x02ip" + b"\x3a" + bytes([len(blob)]) + blob
    net = b"\xa2\x06" + bytes([len(layer)]) + layer
    np.testing.assert_array_equal(read_weights(file(net))["ip"][0].load(), values)


@pytest.mark.parametrize(
    ("ours", "stored", "legacy", "fits"),
    [
        ((2, 3), (2, 3), False, True),
        ((2, 3), (3, 2), False, False),
        ((2, 3), (1, 1, 2, 3), False, False),
        ((2, 3), (1, 1, 2, 3), True, True),
        ((3,), (1, 1, 1, 3), True, True),
        ((3,), (3, 1, 1, 1), True, False),
        ((1, 1, 2, 3), (1, 1, 2, 3), True, True),
        ((1, 1, 1, 2, 3), (1, 1, 2, 3), True, False),
        ((), (1, 1, 1, 1), True, True),
    ],
)
def test_whether_a_stored_blob_fits(ours, stored, legacy, fits):
    assert StoredBlob(stored, legacy, load=lambda: np.zeros(stored)).fits(ours) is fits


@pytest.mark.parametrize("dims", [[2**40, 2**40], [7], [-2, -3]])
def test_a_shape_that_lies_is_told_as_damage_without_allocating(dims):
    net = small()
    net.layer[1].blobs[0].shape.dim[:] = dims
    stored = stored_weights(net)["ip"]
    if dims == [-2, -3]:
        assert not stored[0].fits((2, 3))
    else:
        assert "there are 6" in stored[0].damage
    assert stored[1].damage is None


# --- files that hold no weights -------------------------------------------------------------------


def refused(path: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    assert "No such file" in refused(tmp_path / "none.caffemodel")


@pytest.mark.parametrize("name", ["a\0b", "a" * 300, "x/" * 3000])
def test_a_path_that_no_system_takes(name):
    with pytest.raises(WeightsError, match=r"weights .*cannot be read"):
        read_weights(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_told(tmp_path):
    os.mkfifo(tmp_path / "w.caffemodel")
    assert "a pipe" in refused(tmp_path / "w.caffemodel")


@pytest.mark.parametrize("old", [False, True])
def test_names_that_are_no_utf8(old, tmp_path):
    net = NetParameter()
    layer = net.layers.add(name="ab", type=14) if old else net.layer.add(name="ab", type="X")
    layer.blobs.add(data=[1]).shape.dim.append(1)
    path = tmp_path / "w.caffemodel"
    path.write_bytes(net.SerializeToString().replace(b"ab", b"\xff\xfe"))
    if old:
        assert "no UTF-8" in refused(path)
    else:
        assert list(read_weights(path)) == [r"\xff\xfe"]


def test_an_old_format_that_cannot_be_brought_up_to_date_names_its_file(tmp_path):
    net = NetParameter()
    net.layers.add().layer.type = "nonsense"
    (tmp_path / "w.caffemodel").write_bytes(net.SerializeToString())
    assert "nonsense" in refused(tmp_path / "w.caffemodel")


def test_a_folder_is_told(tmp_path):
    assert "a folder" in refused(tmp_path)


@pytest.mark.parametrize("cut", [1, 10, 40, -1])
def test_a_truncated_file_is_told(file, cut):
    text = refused(file(small().SerializeToString()[:cut]))
    assert "cut short or damaged" in text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"\xff" * 100,
        b'name: "small"\nlayer { name: "ip" }\n',
        b"<!DOCTYPE html><html><body>404</body></html>",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 1\n",
        b"PK\x03\x04" + bytes(range(256)),
        pickle.dumps({"ip.weight": np.zeros((2, 3))}),
        np.random.default_rng(0).bytes(5000),
        NetParameter(name="a net without layers").SerializeToString(),
    ],
    ids=[
        "empty",
        "zeros",
        "ones",
        "prototxt",
        "html",
        "lfs",
        "zip",
        "pickle",
        "noise",
        "no layers",
    ],
)
def test_another_kind_of_file_is_told(file, content):
    text = refused(file(content))
    assert "not a weight file" in text
    assert f"{len(content)} bytes" in text


def test_a_pickle_is_never_executed(file):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    refused(file(pickle.dumps(Bomb())))


def test_a_file_beyond_protobufs_limit_is_not_read(file, monkeypatch):
    monkeypatch.setattr(weights, "MAX_BINARY_BYTES", 10)
    text = refused(file(small().SerializeToString()))
    assert "too large" in text
    assert "HDF5" in text


# --- writing --------------------------------------------------------------------------------------


def write_small(path: Path, **options) -> None:
    layers = []
    for layer in small().layer:
        blobs = [Blob() for _ in layer.blobs]
        for blob, proto in zip(blobs, layer.blobs, strict=True):
            blob_from_proto(blob, proto)
        layers.append((layer, blobs))
    write_caffemodel(path, "small", layers, **options)


def test_what_is_written_is_caffes_binary_message(tmp_path):
    write_small(tmp_path / "w")
    assert NetParameter.FromString((tmp_path / "w").read_bytes()) == small()
    assert (tmp_path / "w").read_bytes() == small().SerializeToString()
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


def test_weights_beyond_protobufs_limit_are_refused_before_anything_is_written(
    tmp_path, monkeypatch
):
    write_small(tmp_path / "w")
    old = (tmp_path / "w").read_bytes()
    monkeypatch.setattr(weights, "MAX_BINARY_BYTES", 10)
    with pytest.raises(WeightsError, match=r"too large for the binary form(.*\n)*.*\.h5"):
        write_small(tmp_path / "w")
    assert (tmp_path / "w").read_bytes() == old


# --- Caffe's own files ----------------------------------------------------------------------------

LENET_SHAPES = {
    "conv1": [(20, 1, 5, 5), (20,)],
    "conv2": [(50, 20, 5, 5), (50,)],
    "ip1": [(500, 800), (500,)],
    "ip2": [(10, 500), (10,)],
}


@needs_lenet
@pytest.mark.parametrize("ending", ["", ".h5"])
def test_a_snapshot_that_caffe_wrote_is_read(ending):
    stored = read_weights(LENET / f"lenet_iter_100.caffemodel{ending}")
    assert set(stored) == {"mnist", "pool1", "pool2", "relu1", "loss", *LENET_SHAPES}
    shapes = {
        name: [blob.shape for _, blob in sorted(blobs.items())] for name, blobs in stored.items()
    }
    assert {name: found for name, found in shapes.items() if found} == LENET_SHAPES
    assert all(0.001 < stored[name][0].load().std() < 1 for name in LENET_SHAPES)


@needs_lenet
def test_both_kinds_of_snapshot_hold_the_same_numbers():
    binary, hdf5 = (read_weights(LENET / f"lenet_iter_100.caffemodel{end}") for end in ("", ".h5"))
    for name, shapes in LENET_SHAPES.items():
        for index in range(len(shapes)):
            np.testing.assert_array_equal(binary[name][index].load(), hdf5[name][index].load())

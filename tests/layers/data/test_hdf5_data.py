import json
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError

h5py = pytest.importorskip("h5py")

FORMATS = Path(__file__).parents[3].parent / "shared" / "reference" / "formats"


@pytest.fixture
def source(tmp_path):
    """A list of two files, of 5 and 3 rows, which are 0 to 7."""
    for name, rows in (("a.h5", range(5)), ("b.h5", range(5, 8))):
        values = np.array(rows)
        with h5py.File(tmp_path / name, "w") as file:
            file["data"] = np.stack([values, values * 10, values * 100], axis=1)
            file["label"] = values.astype(np.float64)
            file["weight"] = values[:, None, None, None, None].astype(np.float16)
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{tmp_path.as_posix()}/{name}\n" for name in ("a.h5", "b.h5")))
    return path


def make_net(source, batch_size, options="", tops=("data", "label"), more="", **net_options):
    text = f"""layer {{
        name: "d" type: "HDF5Data" {" ".join(f'top: "{name}"' for name in tops)} {more}
        hdf5_data_param {{ source: "{source.as_posix()}" batch_size: {batch_size} {options} }}
    }}"""
    return blobnet.Net(blobnet.parse_net(text), **net_options)


def labels(net, count):
    return [net.forward()["label"].tolist() for _ in range(count)]


@pytest.mark.skipif(not FORMATS.is_dir(), reason=f"no recordings of file formats in {FORMATS}")
def test_batches_are_those_of_caffe(monkeypatch):
    monkeypatch.chdir(FORMATS)
    with np.load(FORMATS / "expected" / "hdf5.npz") as recording:
        values = dict(recording)
    net = blobnet.Net(blobnet.parse_net(str(values["prototxt"])), phase="TEST")
    for data, label in zip(values["data"], values["label"], strict=True):
        outputs = net.forward()
        np.testing.assert_array_equal(outputs["data"], data)
        np.testing.assert_array_equal(outputs["label"], label)


def test_batches_run_over_the_borders_of_files_and_round(source):
    net = make_net(source, 3)
    assert net.blobs["data"].shape == (3, 3)
    assert net.blobs["label"].shape == (3,)
    assert labels(net, 4) == [[0, 1, 2], [3, 4, 5], [6, 7, 0], [1, 2, 3]]
    np.testing.assert_array_equal(net.blobs["data"].data, np.outer([1, 2, 3], [1, 10, 100]))


def test_a_top_for_each_dataset_in_any_number(source):
    net = make_net(source, 2, tops=("weight",))
    assert net.forward()["weight"].shape == (2, 1, 1, 1, 1)
    net = make_net(source, 2, tops=("label", "weight", "data"))
    assert [net.forward()[name].shape[1:] for name in ("data", "label")] == [(3,), ()]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_net_decides_the_precision(dtype, source):
    outputs = make_net(source, 2, dtype=dtype).forward()
    assert [values.dtype for values in outputs.values()] == [dtype, dtype]


def test_shuffle_keeps_rows_together_and_comes_round(source):
    net = make_net(source, 8, "shuffle: true", seed=3)
    orders = labels(net, 10)
    assert all(sorted(order) == list(range(8)) for order in orders)
    assert len({tuple(order) for order in orders}) > 8
    label = net.blobs["label"].data
    np.testing.assert_array_equal(net.blobs["data"].data, np.outer(label, [1, 10, 100]))


@pytest.mark.parametrize("options", ["", "shuffle: true"])
@pytest.mark.parametrize("batch_size", [1, 3, 8])
@pytest.mark.parametrize("before", [0, 1, 4])
def test_a_resumed_net_reads_what_the_unbroken_one_reads(options, batch_size, before, source):
    net = make_net(source, batch_size, options, seed=1)
    labels(net, before)
    state = json.loads(json.dumps(net.get_state()))
    expected = labels(net, 20)
    other = make_net(source, batch_size, options, seed=2)
    labels(other, 2)
    other.set_state(state)
    assert other.get_state() == state
    assert labels(other, 20) == expected


def test_a_state_of_another_layer_is_refused(source):
    net = make_net(source, 2)
    with pytest.raises(LayerError, match=r'HDF5Data layer "d": the state to go on from is none'):
        net.set_state({"d": {"rng": {}}})
    with pytest.raises(DataError, match=r'^HDF5Data layer "d": .*list of HDF5 files has changed'):
        net.set_state({"d": {**net.get_state()["d"], "files": [0]}})
    assert labels(net, 1) == [[0, 1]]


def test_paths_are_taken_from_the_current_folder(source, tmp_path, monkeypatch):
    source.write_text("a.h5 b.h5")
    with pytest.raises(DataError, match=r"(?s)^HDF5Data layer \"d\": .*current folder"):
        make_net(source, 2)
    monkeypatch.chdir(tmp_path)
    net = make_net(Path("list.txt"), 2)
    monkeypatch.chdir("/")
    assert labels(net, 1) == [[0, 1]]


def test_parameters_that_make_no_sense(source):
    with pytest.raises(LayerError, match='"d": HDF5Data does not transform data'):
        make_net(source, 2, more="transform_param { scale: 2 }")
    with pytest.raises(LayerError, match="batch_size must be at least 1"):
        make_net(source, 0)
    with pytest.raises(LayerError, match="no list of files is named"):
        blobnet.Net(
            blobnet.parse_net(
                'layer { name: "d" type: "HDF5Data" top: "x" hdf5_data_param { batch_size: 1 } }'
            )
        )
    with pytest.raises(LayerError, match="at least 1 top"):
        make_net(source, 2, tops=())


def test_a_missing_list(tmp_path):
    with pytest.raises(DataError, match=r'^HDF5Data layer "d": .*nothing.txt: cannot be read'):
        make_net(tmp_path / "nothing.txt", 2)


def test_a_missing_dataset(source):
    with pytest.raises(DataError, match=r'^HDF5Data layer "d": .*a.h5: no dataset "mask"'):
        make_net(source, 2, tops=("data", "mask"))


def test_a_later_file_is_checked_when_its_turn_comes(source, tmp_path):
    net = make_net(source, 5)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["data"] = np.zeros((2, 4))
        file["label"] = np.zeros(2)
    net.forward()
    with pytest.raises(DataError, match=r'^HDF5Data layer "d": .*b.h5: rows of another shape'):
        net.forward()

import os

import numpy as np
import pytest

import blobnet
from blobnet import LayerError, MissingExtraError
from blobnet.testing import run_layer

h5py = pytest.importorskip("h5py")


def hdf5_output(path, data, label, **options):
    file_name = f'file_name: "{path.as_posix()}"'
    return run_layer(
        f'name: "out" type: "HDF5Output" hdf5_output_param {{ {file_name} }}',
        data,
        label,
        num_top=0,
        **options,
    )


def contents(path):
    with h5py.File(path, "r") as file:
        return {name: dataset[()] for name, dataset in file.items()}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("shape", "written"),
    [
        ((2, 3, 4, 5), (2, 3, 4, 5)),
        ((2, 3), (2, 3, 1, 1)),
        ((2,), (2, 1, 1, 1)),
        ((2, 1, 2, 1, 3), (2, 1, 2, 1, 3)),
        ((0, 3), (0, 3, 1, 1)),
    ],
)
def test_both_bottoms_are_written_with_four_axes(shape, written, dtype, tmp_path, rng):
    data, label = rng.normal(size=shape), rng.normal(size=shape[:1])
    hdf5_output(tmp_path / "x.h5", data, label, dtype=dtype)
    file = contents(tmp_path / "x.h5")
    assert set(file) == {"data", "label"}
    assert {values.dtype for values in file.values()} == {np.dtype(dtype)}
    assert file["data"].shape == written
    assert file["label"].shape == (shape[0], 1, 1, 1)
    np.testing.assert_array_equal(file["data"].ravel(), data.astype(dtype).ravel())
    np.testing.assert_array_equal(file["label"].ravel(), label.astype(dtype))


def test_scalars_are_a_batch_of_one(tmp_path):
    hdf5_output(tmp_path / "x.h5", 3.0, 4.0)
    assert contents(tmp_path / "x.h5")["label"].tolist() == [[[[4]]]]


def test_hdf5_data_reads_it(tmp_path, rng):
    data = rng.normal(size=(3, 2, 2, 2)).astype(np.float32)
    hdf5_output(tmp_path / "x.h5", data, np.arange(3), dtype=np.float32)
    (tmp_path / "list.txt").write_text(f"{tmp_path.as_posix()}/x.h5")
    text = f"""layer {{
        type: "HDF5Data" name: "d" top: "data" top: "label"
        hdf5_data_param {{ source: "{tmp_path.as_posix()}/list.txt" batch_size: 3 }}
    }}"""
    np.testing.assert_array_equal(blobnet.Net(blobnet.parse_net(text)).forward()["data"], data)


def test_an_older_file_stays_until_the_forward_and_is_replaced(tmp_path):
    path = tmp_path / "x.h5"
    path.write_bytes(b"old")
    text = f"""
        layer {{ name: "in" type: "Input" top: "x" top: "y" input_param {{ shape {{ dim: 2 }} }} }}
        layer {{
            name: "out" type: "HDF5Output" bottom: "x" bottom: "y"
            hdf5_output_param {{ file_name: "{path.as_posix()}" }}
        }}
    """
    net = blobnet.Net(blobnet.parse_net(text))
    assert path.read_bytes() == b"old"
    net.forward()
    assert set(contents(path)) == {"data", "label"}
    assert [file.name for file in tmp_path.iterdir()] == ["x.h5"]


def test_a_second_forward_is_refused_and_the_file_stays(tmp_path):
    run = hdf5_output(tmp_path / "x.h5", np.ones((2, 3)), np.ones(2))
    run.bottom[0].data[...] = 7
    with pytest.raises(
        LayerError, match=r'(?s)"out": the dataset "data" exists: .*x.h5.*fix: .*batch_size'
    ):
        run.forward()
    assert (contents(tmp_path / "x.h5")["data"] == 1).all()


def test_the_path_is_taken_from_the_folder_in_which_the_layer_was_made(tmp_path, monkeypatch):
    text = """
        layer { name: "in" type: "Input" top: "x" top: "y" input_param { shape { dim: 2 } } }
        layer {
            name: "out" type: "HDF5Output" bottom: "x" bottom: "y"
            hdf5_output_param { file_name: "x.h5" }
        }
    """
    monkeypatch.chdir(tmp_path)
    net = blobnet.Net(blobnet.parse_net(text))
    monkeypatch.chdir("/")
    net.forward()
    assert (tmp_path / "x.h5").is_file()


def test_gradients_are_zero_where_they_are_wanted(tmp_path, rng):
    run = hdf5_output(tmp_path / "x.h5", rng.normal(size=(2, 3)), np.ones(2))
    for blob in run.bottom:
        blob.diff[...] = 7
    run.backward([True, False])
    assert (run.bottom[0].diff == 0).all()
    assert (run.bottom[1].diff == 7).all()


def test_both_must_have_the_same_number_of_items(tmp_path):
    with pytest.raises(
        LayerError,
        match=r'"out": data blob and label blob must have the same batch size\n.*\(2, 3\)',
    ):
        hdf5_output(tmp_path / "x.h5", np.ones((2, 3)), np.ones(3))
    assert not list(tmp_path.iterdir())


def test_a_file_must_be_named():
    with pytest.raises(LayerError, match="no file is named"):
        run_layer('type: "HDF5Output"', [1], [1], num_top=0)


def test_a_missing_folder(tmp_path):
    with pytest.raises(
        LayerError, match=r"(?s)\"out\": Failed to open HDF5 file .*no/x.h5.*make the folder first"
    ):
        hdf5_output(tmp_path / "no" / "x.h5", [1], [1])


def test_a_place_where_no_file_can_be(tmp_path):
    (tmp_path / "x.h5").mkdir()
    with pytest.raises(LayerError, match=r'^HDF5Output layer "out": Failed to open.*x.h5\n'):
        hdf5_output(tmp_path / "x.h5", [1], [1])


def test_without_h5py(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    with pytest.raises(MissingExtraError, match=r'pip install "blobnet\[hdf5\]"'):
        hdf5_output(tmp_path / "x.h5", [1], [1])


def test_numbers_of_bottoms(tmp_path):
    with pytest.raises(LayerError, match="takes 2 bottom"):
        run_layer('type: "HDF5Output"', [1], num_top=0)


@pytest.mark.parametrize("name", ["a" * 300, "x/" * 3000 + "a", "folder", "pipe"])
def test_what_cannot_become_a_file_is_told_before_the_forward(name, tmp_path):
    (tmp_path / "folder").mkdir()
    if name == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has no pipes in folders")
        os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LayerError, match=r'"out": Failed to open HDF5 file'):
        hdf5_output(tmp_path / name, [1], [1])
    assert not (tmp_path / "pipe").is_file(), "it was replaced"


def test_a_name_with_a_nul_is_told_before_the_forward():
    text = """
        layer { name: "in" type: "Input" top: "x" top: "y" input_param { shape { dim: 2 } } }
        layer { name: "out" type: "HDF5Output" bottom: "x" bottom: "y"
            hdf5_output_param { file_name: "a\\0b" } }
    """
    with pytest.raises(LayerError, match=r'"out": Failed to open HDF5 file a\\x00b'):
        blobnet.Net(blobnet.parse_net(text))


def test_a_current_folder_that_is_gone_is_told(tmp_path, monkeypatch):
    text = """
        layer { name: "in" type: "Input" top: "x" top: "y" input_param { shape { dim: 2 } } }
        layer { name: "out" type: "HDF5Output" bottom: "x" bottom: "y"
            hdf5_output_param { file_name: "x.h5" } }
    """
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(LayerError, match=r"(?s)Failed to open.*does not exist any more"):
        blobnet.Net(blobnet.parse_net(text))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("batch", [1, 3])
def test_the_gradients_that_are_wanted_are_zero(batch, tmp_path, rng):
    data, label = rng.integers(256, size=(batch, 3, 5, 6)), np.arange(batch)
    run = hdf5_output(tmp_path / "x.h5", data, label)
    np.testing.assert_array_equal(run.bottom[0].data, data)
    for wanted in ([True, False], [False, True]):
        for blob in run.bottom:
            blob.diff[...] = 77
        run.backward(wanted)
        for blob, is_wanted in zip(run.bottom, wanted, strict=True):
            np.testing.assert_array_equal(blob.diff, 0 if is_wanted else 77)

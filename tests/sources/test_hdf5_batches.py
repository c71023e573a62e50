import json

import numpy as np
import pytest

from blobnet import DataError
from blobnet.sources.hdf5_batches import Hdf5Batches

h5py = pytest.importorskip("h5py")


@pytest.fixture
def files(tmp_path):
    """Three files of 4, 1 and 3 rows, which are 0 to 7."""
    paths = []
    for name, rows in (("a.h5", range(4)), ("b.h5", range(4, 5)), ("c.h5", range(5, 8))):
        values = np.array(rows, np.float32)
        paths.append(write(tmp_path / name, data=values[:, None] * [1, 10], label=values))
    return paths


def write(path, **datasets):
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name] = values
    return path


def batches(files, batch_size=3, names=("data", "label"), seed=0, **options):
    rng = np.random.default_rng(seed)
    return Hdf5Batches(files, names, rng, batch_size=batch_size, **options)


def labels(reader, count):
    return [reader.read()[1].tolist() for _ in range(count)]


def test_batches_run_over_the_borders_of_files_and_round(files):
    reader = batches(files)
    assert reader.shapes() == [(3, 2), (3,)]
    assert labels(reader, 4) == [[0, 1, 2], [3, 4, 5], [6, 7, 0], [1, 2, 3]]
    data, label = reader.read()
    np.testing.assert_array_equal(data, label[:, None] * [1, 10])


@pytest.mark.parametrize("batch_size", [1, 8, 21])
def test_any_batch_size(batch_size, files):
    (label,) = labels(batches(files, batch_size), 1)
    assert label == [i % 8 for i in range(batch_size)]


@pytest.mark.parametrize("dtype", ["i1", "u8", ">i4", "f2", "f4", "f8", ">f8"])
def test_numbers_of_any_kind_are_read_as_floats(dtype, tmp_path):
    path = write(tmp_path / "x.h5", x=np.arange(4).astype(dtype))
    for target in (np.float32, np.float64):
        (batch,) = batches([path], 4, ["x"], dtype=target).read()
        assert batch.dtype == target
        assert batch.tolist() == [0, 1, 2, 3]


def test_datasets_of_any_number_of_axes(tmp_path, rng):
    arrays = {"a": rng.normal(size=5), "b": rng.normal(size=(5, 1)), "c": np.ones((5, 2, 3, 4, 6))}
    path = write(tmp_path / "x.h5", **arrays)
    reader = batches([path], 5, list(arrays), dtype=np.float64)
    for batch, array in zip(reader.read(), arrays.values(), strict=True):
        np.testing.assert_array_equal(batch, array)


def test_a_dataset_compressed_as_far_as_it_goes(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        zeros = np.zeros((2**20, 3))
        dataset = file.create_dataset("x", data=zeros, compression="gzip", chunks=(2**16, 3))
        assert dataset.id.get_storage_size() < dataset.nbytes / 1000
    (batch,) = batches([tmp_path / "x.h5"], 2, ["x"]).read()
    assert batch.tolist() == [[0, 0, 0], [0, 0, 0]]


# --- order ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_shuffling_mixes_files_and_the_rows_within_them(seed, files):
    reader = batches(files, 8, seed=seed, shuffle=True)
    rounds = labels(reader, 30)
    parts = [[0, 1, 2, 3], [4], [5, 6, 7]]
    for order in rounds:
        assert sorted(order) == list(range(8))
        for part in parts:  # the rows of a file stay together
            places = sorted(order.index(row) for row in part)
            assert places[-1] - places[0] == len(part) - 1
    assert len({tuple(order) for order in rounds}) > 20


def test_a_single_file_is_shuffled_anew_every_time(files):
    rounds = labels(batches(files[:1], 4, shuffle=True), 30)
    assert all(sorted(order) == [0, 1, 2, 3] for order in rounds)
    assert len({tuple(order) for order in rounds}) > 10


def test_one_file_is_in_memory_at_a_time(files, monkeypatch):
    opened = []
    original = h5py.File

    def spy(path, mode):
        opened.append(path)
        return original(path, mode)

    reader = batches(files, 1)
    monkeypatch.setattr(h5py, "File", spy)
    labels(reader, 8)
    a, b, c = files
    assert opened == [a, a, b, c]  # once for the shapes
    assert [len(values) for values in reader._values] == [3, 3]
    labels(batches(files[:1]), 10)
    assert opened[4:] == [a, a]


# --- state ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [1, 3, 4, 8, 20])
@pytest.mark.parametrize("before", [0, 1, 2, 5, 8])
def test_a_resumed_reader_goes_on_with_the_same_rows(shuffle, batch_size, before, files):
    reader = batches(files, batch_size, shuffle=shuffle)
    labels(reader, before)
    state = json.loads(json.dumps(reader.get_state()))
    expected = labels(reader, 12)
    other = batches(files, batch_size, shuffle=shuffle, seed=1)
    other.set_state(state)
    assert other.get_state() == state
    assert labels(other, 12) == expected
    other.set_state(state)
    assert labels(other, 12) == expected


def test_a_state_of_another_list_is_refused(files):
    state = batches(files).get_state()
    for wrong in ({"files": [0, 1]}, {"files": [0, 1, 1]}, {"file": 3}, {"row": -1}):
        with pytest.raises(DataError, match=r"(?s)list of HDF5 files has changed.*fix:"):
            batches(files).set_state({**state, **wrong})


def test_a_file_that_has_fewer_rows_than_before(files):
    reader = batches(files)
    reader.set_state({**reader.get_state(), "row": 9})
    with pytest.raises(DataError, match=r"a.h5: the file has changed\n.*9.*\n.*4"):
        reader.read()


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("datasets", "message"),
    [
        ({"data": [[1], [2]]}, r'no dataset "label"\n.*top.*\n.*data'),
        ({"data": [[1], [2]], "label": [1, 2, 3]}, "2 in data, 3 in label"),
        ({"data": np.zeros((0, 2)), "label": np.zeros(0)}, "0 in data"),
        ({"data": 1.0, "label": [1]}, r"at least one axis"),
        ({"data": [b"a"], "label": [1]}, r"integers or floats\n.*object"),
        ({"data": [1j], "label": [1]}, r"integers or floats\n.*complex"),
        ({"data": [True], "label": [1]}, r"integers or floats\n.*bool"),
        ({"data/inner": [1], "label": [1]}, 'no dataset "data"'),
        ({"data": h5py.Empty("f4"), "label": [1]}, "at least one axis"),
    ],
)
def test_files_that_do_not_have_what_is_needed(datasets, message, tmp_path):
    path = write(tmp_path / "x.h5", **datasets)
    with pytest.raises(DataError, match=rf"(?s)x.h5: .*{message}"):
        batches([path]).read()


def test_rows_of_another_shape_in_a_later_file(files, tmp_path):
    other = write(tmp_path / "d.h5", data=np.zeros((2, 3)), label=np.zeros(2))
    reader = batches([files[0], other], 4)
    reader.read()
    with pytest.raises(DataError, match=r"d.h5: rows of another shape.*\n.*\(2,\).*\n.*\(3,\)"):
        reader.read()


@pytest.mark.parametrize("content", [b"", b"text", b"\x89HDF\r\n\x1a\n" + bytes(500)])
def test_files_that_are_no_hdf5(content, tmp_path):
    (tmp_path / "x.h5").write_bytes(content)
    with pytest.raises(DataError, match=r"x.h5: not an HDF5 file that can be read"):
        batches([tmp_path / "x.h5"]).read()


def test_a_file_that_is_cut_short(tmp_path, rng):
    path = write(tmp_path / "x.h5", data=rng.normal(size=(500, 9)), label=np.zeros(500))
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(DataError, match=r"x.h5: not an HDF5 file that can be read"):
        batches([path]).read()


@pytest.mark.parametrize("shape", [(2**40,), (2**20, 2**20), (2**40, 2**40), (2**62, 4)])
def test_a_small_file_that_claims_a_huge_dataset(shape, tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("x", (1,) * len(shape), "f4", chunks=(1,) * len(shape),
                            maxshape=(None,) * len(shape)).resize(shape)  # fmt: skip
    with pytest.raises(DataError, match=r'"x" (asks for too much memory|cannot be read)\n'):
        batches([tmp_path / "x.h5"], 1, ["x"]).read()


def test_numbers_too_large_for_float32(tmp_path):
    path = write(tmp_path / "x.h5", x=np.array([1e300, np.inf, 1]))
    with pytest.raises(
        DataError, match=r'x\.h5, dataset "x": a number is too large(.*\n)*.*1e\+300'
    ):
        batches([path], 3, ["x"]).read()
    assert batches([path], 3, ["x"], dtype=np.float64).read()[0].tolist() == [1e300, np.inf, 1]


def test_infinity_and_nan_are_read_as_they_are(tmp_path):
    path = write(tmp_path / "x.h5", x=np.array([np.inf, -np.inf, np.nan, 1]))
    (batch,) = batches([path], 4, ["x"]).read()
    np.testing.assert_array_equal(batch, [np.inf, -np.inf, np.nan, 1])


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"), (b"", "an empty file"),
     (b"\x1f\x8b" + bytes(99), "a gzip archive"), (b"<!DOCTYPE html>", "a web page")],
)  # fmt: skip
def test_what_a_file_is_instead(content, what, tmp_path):
    (tmp_path / "x.h5").write_bytes(content)
    with pytest.raises(DataError, match=rf"x\.h5: not an HDF5 file(.*\n)*.*got: .*{what}"):
        batches([tmp_path / "x.h5"]).read()

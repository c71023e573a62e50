from pathlib import Path

import numpy as np
import pytest

from blobnet import DataError
from blobnet.serialization.mat_file import read_mat, write_mat

RECORDED = Path(__file__).parents[1] / "reference" / "mat"
VALUES = np.arange(24, dtype="f4").reshape(2, 3, 4) - 7.5


@pytest.mark.parametrize(("name", "dtype"), [("single", "f4"), ("packed", "f8")])
def test_files_of_scipy_are_read(name, dtype):
    array = read_mat(RECORDED / f"{name}.mat", "data")
    assert array.dtype == dtype
    np.testing.assert_array_equal(array, VALUES)


def test_fields_of_a_structure_are_read_by_both_names():
    labels = np.zeros((5, 7))
    labels[1:3, 2:6], labels[4, 6] = 15, 255
    found = read_mat(RECORDED / "structure.mat", "GTcls.Segmentation")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found.T, labels)
    np.testing.assert_array_equal(read_mat(RECORDED / "structure.mat", "before"), [[1], [2]])
    for name in ("GTcls", "Segmentation", "GTcls.Boundaries", "GTcls."):
        with pytest.raises(DataError, match=f"Field '{name}' not present"):
            read_mat(RECORDED / "structure.mat", name)


def test_what_holds_no_numbers_is_passed_over():
    np.testing.assert_array_equal(read_mat(RECORDED / "text.mat", "data"), [[1], [2]])
    with pytest.raises(DataError, match="Field 'words' not present"):
        read_mat(RECORDED / "text.mat", "words")


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("shape", [(1, 2, 3, 4), (1, 1, 1, 1), (2, 0, 3), (5, 7)])
def test_what_is_written_is_read(shape, dtype, tmp_path, rng):
    array = rng.normal(size=shape).astype(dtype)
    write_mat(tmp_path / "x.mat", "data", array)
    found = read_mat(tmp_path / "x.mat", "data")
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, array)


def test_a_written_file_is_that_of_scipy_but_for_its_text(tmp_path):
    write_mat(tmp_path / "x.mat", "data", VALUES)
    recorded = (RECORDED / "single.mat").read_bytes()
    written = (tmp_path / "x.mat").read_bytes()
    assert written[124:128] == recorded[124:128]
    assert recorded.endswith(written[128:])


@pytest.mark.parametrize("name", ["single", "packed", "text", "structure"])
def test_broken_files_are_refused(name, tmp_path):
    data, path = (RECORDED / f"{name}.mat").read_bytes(), tmp_path / "broken.mat"
    for end in range(0, len(data), 11):
        path.write_bytes(data[:end])
        with pytest.raises(DataError):
            read_mat(path, "none")
    for at in range(120, len(data), 3):
        for value in (1, 255):
            path.write_bytes(data[:at] + bytes([value]) + data[at + 1 :])
            try:
                read_mat(path, "data")
            except DataError:
                continue


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match=r"none\.mat"):
        read_mat(tmp_path / "none.mat", "data")


def test_what_unpacks_to_more_than_is_allowed_is_refused(monkeypatch):
    monkeypatch.setattr("blobnet.serialization.mat_file.check_bytes", refuse_large)
    with pytest.raises(DataError, match="a packed array"):
        read_mat(RECORDED / "packed.mat", "data")


def refuse_large(asked, who, error, *, stored=0):
    if asked > 100:
        raise error(who)

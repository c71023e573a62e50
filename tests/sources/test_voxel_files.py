import numpy as np
import pytest

from blobnet import DataError
from blobnet.sources.voxel_files import read_voxels
from tests.sources.voxel_clips import write_clip


@pytest.mark.parametrize("dtype", ["u1", "f4"])
def test_a_file_is_read_as_it_was_written(tmp_path, rng, dtype):
    values = rng.integers(0, 256, size=(3, 2, 4, 5)).astype(dtype)
    np.testing.assert_array_equal(
        read_voxels(write_clip(tmp_path / "a", values), values.dtype), values
    )


def test_by_hand(tmp_path):
    (tmp_path / "a").write_bytes(
        b"\1\0\0\0\2\0\0\0\1\0\0\0\1\0\0\0\3\0\0\0" + bytes([1, 2, 3, 4, 5, 255])
    )
    expected = [[[[1, 2, 3]]], [[[4, 5, 255]]]]
    np.testing.assert_array_equal(read_voxels(tmp_path / "a", np.dtype("u1")), expected)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:19],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: b"\2" + data[1:],  # two clips
        lambda data: data[:4] + b"\xff" * 4 + data[8:],  # -1 channels
        lambda data: data[:4] + b"\xff\xff\xff\x7f" * 4,  # more than there is memory
        lambda data: data[:4] + b"\0" * 16,
    ],
)
def test_other_files_are_refused(tmp_path, change):
    path = write_clip(tmp_path / "a", np.zeros((2, 1, 2, 3), "f4"))
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match="is no clip of values of 4 bytes"):
        read_voxels(path, np.dtype("f4"))


def test_bytes_and_floats_are_told_apart(tmp_path):
    path = write_clip(tmp_path / "a", np.zeros((2, 1, 2, 3), "u1"))
    with pytest.raises(DataError, match="use_byte_input says"):
        read_voxels(path, np.dtype("f4"))

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.preprocessing.mean_files import read_mean_file
from blobnet.serialization.blob_proto import blob_to_proto


def npy_that_promises(shape):
    """The head of a .npy file, without its numbers."""
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"\x93NUMPY",
        npy_that_promises("(10**9,)"),
        npy_that_promises("(9999999999, 9999999999)"),
        npy_that_promises("(-5,)"),
        npy_that_promises("(4,), 'x': 1"),
    ],
    ids=range(7),
)
def test_a_mean_that_is_no_array_is_refused(content, tmp_path):
    (tmp_path / "mean.npy").write_bytes(content)
    with pytest.raises(blobnet.DataError, match=r"mean\.npy: the mean cannot be read"):
        read_mean_file(str(tmp_path / "mean.npy"))


def test_a_mean_that_is_an_array_is_read(tmp_path):
    values = np.arange(6, dtype=np.float64).reshape(1, 2, 3)
    np.save(tmp_path / "mean.npy", values)
    np.testing.assert_array_equal(read_mean_file(str(tmp_path / "mean.npy")), values)


def test_values_get_axes_and_a_binaryproto_loses_that_of_the_batch(tmp_path):
    np.save(tmp_path / "values.npy", np.array([1, 2, 3]))
    assert read_mean_file(str(tmp_path / "values.npy")).ravel().tolist() == [1, 2, 3]
    assert read_mean_file(str(tmp_path / "values.npy")).shape == (3, 1, 1)
    image = blobnet.Blob((1, 3, 2, 2))
    image.data[...] = np.arange(12).reshape(1, 3, 2, 2)
    (tmp_path / "mean.binaryproto").write_bytes(blob_to_proto(image).SerializeToString())
    np.testing.assert_array_equal(read_mean_file(str(tmp_path / "mean.binaryproto")), image.data[0])


def test_other_axes_are_refused(tmp_path):
    np.save(tmp_path / "mean.npy", np.zeros((2, 2)))
    with pytest.raises(blobnet.DataError, match=r"no mean image(.|\n)*\(2, 2\)"):
        read_mean_file(str(tmp_path / "mean.npy"))

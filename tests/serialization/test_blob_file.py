import os
from pathlib import Path

import numpy as np
import pytest

from blobnet import DataError
from blobnet.blob import Blob
from blobnet.proto import BlobProto
from blobnet.serialization.blob_file import read_blob
from blobnet.serialization.blob_proto import blob_to_proto


@pytest.mark.parametrize("stored_as", [np.float32, np.float64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_and_values_come_back(stored_as, dtype, tmp_path, rng):
    blob = Blob(2, 3, dtype=stored_as)
    blob.data[...] = rng.normal(size=(2, 3))
    (tmp_path / "b").write_bytes(blob_to_proto(blob).SerializeToString())
    read = read_blob(tmp_path / "b", "mean_file", dtype)
    assert read.dtype == dtype
    np.testing.assert_array_equal(read.data, blob.data.astype(dtype))


def test_a_missing_file_is_told_with_its_setting(tmp_path):
    message = r"mean_file .*gone: cannot be read\n.*No such.*\n.*current folder"
    with pytest.raises(DataError, match=message):
        read_blob(tmp_path / "gone", "mean_file")


@pytest.mark.parametrize(
    "content", [b"", b"no blob", b"\xff" * 20, b"\x08\x01\x10\x01\x18\x02\x20\x02"]
)
def test_a_broken_file_is_refused(content, tmp_path):
    (tmp_path / "b").write_bytes(content)
    with pytest.raises(DataError, match=r"source .*b: not a blob that can be read\n.*BlobProto"):
        read_blob(tmp_path / "b", "source")


def test_a_number_too_large_for_float32_is_refused(tmp_path):
    blob = Blob(2, dtype="f8")
    blob.data[...] = 1, 1e300
    (tmp_path / "b").write_bytes(blob_to_proto(blob).SerializeToString())
    with pytest.raises(DataError, match=r"mean_file .*b: (.*\n)*.*too large for float32"):
        read_blob(tmp_path / "b", "mean_file")
    assert read_blob(tmp_path / "b", "mean_file", "f8").data.tolist() == [1, 1e300]


def test_a_shape_whose_size_python_does_not_print(tmp_path):
    proto = BlobProto(data=[1, 2])
    proto.shape.dim.extend([2**62] * 1000)
    (tmp_path / "b").write_bytes(proto.SerializeToString())
    with pytest.raises(DataError, match=r"mean_file .*b: (.*\n)*.*1000 axes"):
        read_blob(tmp_path / "b", "mean_file")


def test_a_file_that_is_larger_than_a_message_can_be(tmp_path):
    with open(tmp_path / "b", "wb") as file:
        file.truncate(30 * 2**30)  # a hole
    with pytest.raises(DataError, match=r"source .*b: too large(.*\n)*.*30\.0 GiB"):
        read_blob(tmp_path / "b", "source")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no devices in folders")
def test_a_device_is_not_read():
    with pytest.raises(DataError, match=r"mean_file /dev/zero: cannot be read\n.*\n.*a device"):
        read_blob(Path("/dev/zero"), "mean_file")

import numpy as np
import pytest

from blobnet import DataError
from blobnet.blob import Blob
from blobnet.serialization.blob_file import read_blob


@pytest.mark.parametrize("stored_as", [np.float32, np.float64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_and_values_come_back(stored_as, dtype, tmp_path, rng):
    blob = Blob(2, 3, dtype=stored_as)
    blob.data[...] = rng.normal(size=(2, 3))
    (tmp_path / "b").write_bytes(blob.to_proto().SerializeToString())
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

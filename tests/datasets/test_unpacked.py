from __future__ import annotations

import gzip

import pytest

from blobnet.datasets.unpacked import bytes_taken, open_unpacked
from blobnet.errors import DataError


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_bytes_come_unpacked_whatever_the_name(pack, tmp_path):
    content = bytes(range(256)) * 40
    path = tmp_path / "some.file"
    path.write_bytes(pack(content))
    with open_unpacked(path, "bytes") as stream:
        assert stream.read() == content
        assert bytes_taken(stream) == path.stat().st_size


def test_an_empty_file_is_empty(tmp_path):
    (tmp_path / "empty").touch()
    with open_unpacked(tmp_path / "empty", "bytes") as stream:
        assert stream.read() == b""


def test_what_is_no_file_is_told_with_what_was_expected(tmp_path):
    with pytest.raises(DataError, match=r"cannot read .*nowhere\n.*a table\n.*nothing there"):
        open_unpacked(tmp_path / "nowhere", "a table")
    with pytest.raises(DataError, match=r"expected: a table\n.*something that is not a file"):
        open_unpacked(tmp_path, "a table")

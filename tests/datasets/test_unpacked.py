from __future__ import annotations

import gc
import gzip
import os
from pathlib import Path

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


def test_what_a_few_bytes_unpack_to_is_bounded(tmp_path, monkeypatch):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(100_000)))
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "70000")
    with open_unpacked(path, "zeros") as stream:
        assert stream.read(1) == b"\0"
    with (
        open_unpacked(path, "zeros") as stream,
        pytest.raises(
            DataError, match=r"bomb.gz: unpacks to too much\n.*at most(.*\n)*.*BLOBNET_MAX"
        ),
    ):
        stream.read()
    monkeypatch.setenv("BLOBNET_MAX_BYTES", str(100_000 - 10 * path.stat().st_size))
    with open_unpacked(path, "zeros") as stream:
        assert stream.read() == bytes(100_000)


def test_nothing_stays_open(tmp_path):
    for pack in (bytes, gzip.compress):
        (tmp_path / "a").write_bytes(pack(b"content"))
        with open_unpacked(tmp_path / "a", "a file") as stream:
            stream.read(1)
            file = getattr(getattr(stream, "raw", None), "packed", stream)
        assert file.closed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_keeps_nobody_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="something that is not a file"):
        open_unpacked(tmp_path / "pipe", "a table")


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="Linux shows memory as a file")
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_file_that_cannot_be_read_is_closed():
    with pytest.raises(DataError, match="Input/output error"):
        open_unpacked(Path("/proc/self/mem"), "an idx file")
    gc.collect()  # whoever is left open warns now

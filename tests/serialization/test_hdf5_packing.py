"""HDF5 files with holes, and those that are packed in a way that nobody here knows."""

from __future__ import annotations

import numpy as np
import pytest

from tests.serialization.test_hdf5_file import VALUES, every_role, refused, write

h5py = pytest.importorskip("h5py", reason="the extra `hdf5` is not installed")

UNKNOWN = 399  # a number for tests, which is given to no filter


def replace_filter(path, number):
    """Let a file that was packed by gzip say that it was packed by another filter."""
    content = bytearray(path.read_bytes())
    at = content.index(b"deflate") - 8  # the number stands before lengths, flags and the name
    assert content[at : at + 2] == b"\x01\x00"
    content[at : at + 2] = number.to_bytes(2, "little")
    path.write_bytes(content)


@every_role
def test_a_chunk_that_is_packed_in_an_unknown_way(read, folder, name, error, tmp_path):
    def put(group, name):
        group.create_dataset(name, data=VALUES, chunks=(4, 3), compression="gzip")

    path = write(tmp_path / "x.h5", folder, name, put)
    replace_filter(path, UNKNOWN)
    text = refused(read, path, error)
    assert f'{name}": packed in a way that this h5py does not know' in text
    assert f"filter {UNKNOWN} deflate" in text


@every_role
def test_a_filter_that_was_not_used_need_not_be_known(read, folder, name, error, tmp_path):
    def put(group, name):
        dataset = group.create_dataset(name, (4, 3), "f8", chunks=(4, 3), compression="gzip")
        dataset.id.write_direct_chunk((0, 0), VALUES.tobytes(), 1)  # the mask says: not packed

    path = write(tmp_path / "x.h5", folder, name, put)
    replace_filter(path, UNKNOWN)
    np.testing.assert_array_equal(read(path), VALUES)


@every_role
def test_a_hole_in_the_file_is_a_promise(read, folder, name, error, tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "16M")

    def put(group, name):
        dataset = group.create_dataset(name, (2**23, 1), "f4")  # 32 MiB
        dataset[-1] = 1  # the numbers before it are in no block of the disk

    path = write(tmp_path / "x.h5", folder, name, put)
    assert path.stat().st_size > 2**25
    if 512 * getattr(path.stat(), "st_blocks", 2**17) < 2**20:
        assert "asks for too much memory" in refused(read, path, error)


@every_role
def test_a_machine_that_would_promise_too_much(read, folder, name, error, tmp_path, monkeypatch):
    path = write(
        tmp_path / "x.h5", folder, name, lambda group, name: group.__setitem__(name, VALUES)
    )
    monkeypatch.setattr("blobnet.serialization.hdf5_file.has_room", lambda asked: False)
    assert "not enough memory" in refused(read, path, error)

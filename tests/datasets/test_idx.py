"""read_idx: what struct packs, it reads; what is broken, it refuses without taking memory."""

from __future__ import annotations

import gzip
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blobnet.datasets.idx import read_idx
from blobnet.errors import DataError


def packed(shape: tuple[int, ...], values: bytes, kind: int = 8) -> bytes:
    """An idx file, written by the words of the format."""
    return bytes([0, 0, kind, len(shape)]) + b"".join(struct.pack(">I", n) for n in shape) + values


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some-idx"


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4), (1, 70_000, 20)])
def test_values_come_back_in_row_major_order(path, shape, pack):
    values = bytes(i % 251 for i in range(int(np.prod(shape))))
    path.write_bytes(pack(packed(shape, values)))
    array = read_idx(path, len(shape))
    assert (array.shape, array.dtype) == (shape, np.uint8)
    assert array.tobytes() == values


def test_the_first_bytes_tell_gzip_not_the_name(tmp_path):
    path = tmp_path / "unpacked-by-a-browser.gz"
    path.write_bytes(packed((2,), b"\1\2"))
    assert read_idx(path, 1).tolist() == [1, 2]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not an idx file\n.*\n.*an empty file"),
        (b"\0\0\x08", "is not an idx file"),
        (b"<!DOCTYPE html>", "is not an idx file\n.*00 00 08 03\n.*3c 21 44 4f"),
        (packed((2, 1, 1), b"12345678", kind=0x0D), "another type\n.*0x08.*\n.*0x0d"),
        (packed((2,), b"12"), "another number of dimensions\n.*3\n.*1\n.*swapped"),
        (b"\0\0\x08\x03\0\0\0\x01", "header says\n.*a header of 16 bytes\n.*8 bytes"),
        (packed((2, 2, 2), b"1234567"), r"2 x 2 x 2 values, 8 bytes\n.*7 bytes"),
        (packed((2, 2, 2), b"123456789"), "8 bytes\n.*more than that"),
        (packed((0, 28, 28), b""), "is empty"),
        (
            packed((2**32 - 1, 2**32 - 1, 2**32 - 1), b"1"),
            "the header of .* asks for too much memory",
        ),
        (
            packed((2**16, 2**16, 1), b"1"),
            "asks for too much memory\n.*1.0 GiB\n.*4.0 GiB\n.*BLOBNET_MAX_BYTES=4GiB",
        ),
    ],
)
def test_what_is_no_sound_idx_file_of_rank_3_is_refused(path, pack, content, message):
    path.write_bytes(pack(content))
    with pytest.raises(DataError, match=message):
        read_idx(path, 3)


def test_a_damaged_gzip_file_is_refused(path):
    whole = gzip.compress(packed((1000,), bytes(range(250)) * 4))
    flipped = bytearray(whole)
    flipped[-8] ^= 1  # the checksum at the end
    for content in (whole[:-20], whole[:12], bytes(flipped), whole + b"more"):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"cannot read .*some-idx"):
            read_idx(path, 1)


def test_neither_a_large_promise_nor_a_gzip_bomb_takes_memory(path):
    bomb = gzip.compress(packed((10,), bytes(50_000_000)), compresslevel=1)
    tracemalloc.start()
    try:
        for content in (packed((2**30,), b"only this"), bomb):
            path.write_bytes(content)
            with pytest.raises(DataError, match="does not hold what its header says"):
                read_idx(path, 1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"cannot read .*absent\n.*an idx file\n.*nothing there"):
        read_idx(tmp_path / "absent", 1)
    with pytest.raises(DataError, match="not a file"):
        read_idx(tmp_path, 1)


@given(content=st.binary(max_size=40), gzipped=st.booleans())
def test_no_content_raises_anything_but_a_data_error(tmp_path_factory, content, gzipped):
    path = tmp_path_factory.mktemp("any") / "idx"
    content = b"\0\0\x08\x01" + content
    path.write_bytes(gzip.compress(content) if gzipped else content)
    try:
        array = read_idx(path, 1)
    except DataError:
        return
    assert content == packed(array.shape, array.tobytes())

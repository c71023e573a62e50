import struct
from contextlib import suppress

import pytest

from blobnet import DataError
from blobnet.sources.leveldb_format import LONGEST_KEY
from blobnet.sources.leveldb_memtable import Memtable
from tests.sources.leveldb_files import batch, log_bytes, prefixed


def make(tmp_path, *logs):
    paths = []
    for number, records in enumerate(logs, 7):
        paths.append(tmp_path / f"{number:06d}.log")
        paths[-1].write_bytes(log_bytes(records))
    return Memtable(paths)


def contents(table, start=b""):
    found = []
    for key, write, number in table.entries(start):
        found.append((key, table.value(write) if write.tag & 1 else None, write.tag >> 8))
        assert table.entry(number) == (key, table.value(write))
    table.close()
    return found


def test_writes_are_sorted_by_key(tmp_path):
    table = make(
        tmp_path,
        [batch(1, [(b"m", b"1"), (b"", b"")]), batch(3, [(b"z", b"3" * 100000), (b"a", b"4")])],
    )
    assert contents(table) == [
        (b"", b"", 2),
        (b"a", b"4", 4),
        (b"m", b"1", 1),
        (b"z", b"3" * 100000, 3),
    ]


def test_the_last_write_of_a_key_counts(tmp_path):
    table = make(
        tmp_path,
        [batch(5, [(b"a", b"old"), (b"b", b"old"), (b"a", b"new"), (b"c", None)])],
        [batch(9, [(b"b", None), (b"c", b"again")]), batch(2, [(b"a", b"late, but older")])],
    )
    assert contents(table) == [(b"a", b"new", 7), (b"b", None, 9), (b"c", b"again", 10)]


@pytest.mark.parametrize(("start", "first"), [(b"", 0), (b"k3", 3), (b"k3x", 4), (b"z", 9)])
def test_reading_begins_at_a_key(start, first, tmp_path):
    writes = [(b"k%d" % i, b"%d" % i) for i in range(9)]
    table = make(tmp_path, [batch(1, writes)])
    assert [(key, value) for key, value, _ in contents(table, start)] == writes[first:]


def test_no_logs_and_empty_ones(tmp_path):
    assert contents(make(tmp_path)) == []
    assert contents(make(tmp_path, [], [batch(1, [])])) == []


# --- damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"", "no room for a batch"),
        (bytes(11), "no room for a batch"),
        (batch(1, [(b"a", b"b")]) + b"x", "behind the last write"),
        (struct.pack("<QI", 1, 2**32 - 1), "index out of range"),
        (struct.pack("<QI", 1, 1) + b"\2" + prefixed(b"a"), "a write of kind 2"),
        (struct.pack("<QI", 1, 1) + b"\1" + b"\x7fkey", "more bytes than there are"),
        (struct.pack("<QI", 1, 1) + b"\1" + prefixed(b"a") + b"\x7fvalue", "leaves the record"),
        (struct.pack("<QI", 1, 1) + b"\1" + prefixed(b"a") + b"\xff" * 20, "64 bits"),
        (batch(1, [(bytes(LONGEST_KEY + 1), b"")]), f"a key of {LONGEST_KEY + 1} bytes"),
        (batch(1, [(bytes(10**5), b"")]), "more bytes than there are"),
    ],
)
def test_batches_of_nonsense(record, message, tmp_path):
    good = batch(1, [(b"a", b"b")])
    with pytest.raises(DataError, match=rf"000007.log: the file is damaged\n.*{message}"):
        make(tmp_path, [good, record])


def test_the_longest_key_is_read(tmp_path):
    key = bytes(LONGEST_KEY)
    assert contents(make(tmp_path, [batch(1, [(key, b"v" * 300)])])) == [(key, b"v" * 300, 1)]


def test_any_batch_that_is_wrong_from_the_start_is_an_error_or_a_batch(tmp_path):
    record = batch(1, [(b"key", b"value"), (b"a", None), (b"b", b"")])
    for at in range(len(record)):
        for byte in (0, 1, 2, 0x7F, 0x80, 0xFF):
            data = bytearray(record)
            data[at] = byte
            with suppress(DataError):
                contents(make(tmp_path, [bytes(data)]))


def test_files_are_closed_where_one_is_missing(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        Memtable([tmp_path / "1.log"])


def test_very_many_writes(tmp_path, monkeypatch):
    writes = [(b"", b"")] * 3000  # three bytes each, and one key
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1M")
    with pytest.raises(DataError, match=r"000007\.log, with over 3000 writes, asks for too much"):
        make(tmp_path, [batch(1, writes)])
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "3M")
    assert contents(make(tmp_path, [batch(1, writes)])) == [(b"", b"", 3000)]


def test_a_value_that_is_larger_than_allowed(tmp_path, monkeypatch):
    table = make(tmp_path, [batch(1, [(b"a", bytes(10**5))])])
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "10K")
    with pytest.raises(DataError, match=r"000007\.log, a record, asks for too much memory"):
        table.entry(0)
    table.close()

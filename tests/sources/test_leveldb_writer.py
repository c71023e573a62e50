"""LevelDB written: byte for byte by a second hand, and read by our reader and by the library."""

from __future__ import annotations

import os
import random
import struct
import sys

import pytest

from blobnet.errors import DataError
from blobnet.sources import leveldb_table_writer, leveldb_writer
from blobnet.sources.leveldb_file import LevelDbFile
from blobnet.sources.leveldb_log import LogFile, log_bytes
from blobnet.sources.leveldb_writer import LevelDbWriter
from tests.sources import leveldb_files as by_hand


def write(folder, records, table_size=2**20):
    writer = LevelDbWriter(folder, table_size)
    for key, value in records:
        writer.put(key, value)
    writer.finish()
    writer.close()
    return folder


def read(folder):
    file = LevelDbFile(folder)
    found, there = [], file.first()
    while there:
        found.append(file.record())
        there = file.advance()
    file.close()
    return found


def many(count=400, largest=20000):
    """Records of all sizes, some of which can be packed, many per block and several blocks each."""
    rng = random.Random(1)
    return [
        (
            b"%08d_%d.jpg" % (number, rng.randrange(10**6)),
            rng.randbytes(rng.randrange(largest)) if number % 3 else b"ab" * rng.randrange(largest),
        )
        for number in range(count)
    ]


@pytest.fixture
def plain(monkeypatch):
    """Nothing is there to compress with."""
    monkeypatch.setitem(sys.modules, "cramjam", None)
    leveldb_table_writer._snappy.cache_clear()
    yield
    leveldb_table_writer._snappy.cache_clear()


def test_a_table_has_the_bytes_of_one_made_by_hand(tmp_path, plain, monkeypatch):
    monkeypatch.setattr(leveldb_table_writer, "_BLOCK_SIZE", 1000)
    records = [(b"%08d_%d" % (number, number % 7), os.urandom(60)) for number in range(100)]
    write(tmp_path / "db", records)
    entries = [(by_hand.internal(key, n), value) for n, (key, value) in enumerate(records, 1)]
    written = (tmp_path / "db" / "000004.ldb").read_bytes()
    end = by_hand.table_bytes(entries)[-8:]
    assert written.endswith(end)
    # the blocks: the same entries, closed from 1000 bytes on
    first = by_hand.block_bytes(entries[:14])
    assert len(first) > 1000 > len(by_hand.block_bytes(entries[:13])) - 8
    assert written.startswith(by_hand.stored(first))


def test_the_files_are_those_of_a_library_that_closed_it(tmp_path):
    write(tmp_path / "db", [(b"a", b"1"), (b"b", b"2")])
    files = {path.name: path.read_bytes() for path in (tmp_path / "db").iterdir()}
    table = files.pop("000004.ldb")
    change = (
        by_hand.name_of_order()
        + (b"\2\3" + b"\x09\0" + b"\3\5" + b"\4\2")  # log 3, none before, next file 5, 2 writes
        + (b"\7\6\4" + by_hand.varint(len(table)))  # in level 6, table 4
        + by_hand.prefixed(by_hand.internal(b"a", 1))
        + by_hand.prefixed(by_hand.internal(b"b", 2))
    )
    manifest = by_hand.log_bytes([change])
    expected = {"CURRENT": b"MANIFEST-000002\n", "MANIFEST-000002": manifest}
    assert files == {**expected, "000003.log": b"", "LOCK": b""}


@pytest.mark.parametrize("table_size", [1, 2**20, 2**30])
def test_what_was_written_is_read(tmp_path, table_size):
    records = many()
    write(tmp_path / "db", records, table_size)
    assert read(tmp_path / "db") == records
    tables = len(list((tmp_path / "db").glob("*.ldb")))
    assert tables == 1 if table_size == 2**30 else tables > 2


def test_what_can_be_packed_is_packed(tmp_path):
    pytest.importorskip("cramjam")
    write(tmp_path / "db", [(b"a", b"ab" * 50000), (b"b", os.urandom(70000))])
    table = (tmp_path / "db" / "000004.ldb").read_bytes()
    assert 70000 < len(table) < 80000


def test_without_a_packer_blocks_are_plain(tmp_path, plain):
    records = many(100)
    write(tmp_path / "db", records)
    assert read(tmp_path / "db") == records
    assert b"ab" * 1000 in b"".join(p.read_bytes() for p in (tmp_path / "db").glob("*.ldb"))


def test_nothing_is_a_database_too(tmp_path):
    assert read(write(tmp_path / "db", [])) == []


def test_before_the_end_there_is_no_database(tmp_path):
    writer = LevelDbWriter(tmp_path / "db", 1000)
    for key, value in many(50):
        writer.put(key, value)
    writer.close()
    with pytest.raises(DataError, match="CURRENT"):
        LevelDbFile(tmp_path / "db")


@pytest.mark.parametrize("sizes", [[], [0], [5, 0, 7], [32761], [32762], [32755, 5], [100000, 3]])
def test_a_log_has_the_bytes_of_one_made_by_hand(tmp_path, sizes):
    records = [os.urandom(size) for size in sizes]
    assert log_bytes(records) == by_hand.log_bytes(records)
    (tmp_path / "log").write_bytes(log_bytes(records))
    file = LogFile(tmp_path / "log")
    assert [file.read(each, 0, each.size) for each in file.records()] == records
    file.close()


def test_the_library_reads_it_and_goes_on_writing(tmp_path):
    plyvel = pytest.importorskip("plyvel")
    records = many(2000)
    name = str(write(tmp_path / "db", records))
    with plyvel.DB(name, create_if_missing=False, paranoid_checks=True) as database:
        assert list(database.iterator(verify_checksums=True)) == records
        assert all(database.get(key) == value for key, value in records[::37])
        database.put(records[7][0], b"new")
        database.delete(records[8][0])
    expected = {**dict(records), records[7][0]: b"new"}
    del expected[records[8][0]]
    with plyvel.DB(name) as database:
        database.compact_range()
        assert dict(database) == expected
    assert dict(read(tmp_path / "db")) == expected


def test_a_sequence_number_and_a_kind_follow_a_key(tmp_path):
    write(tmp_path / "db", [(b"k", b"v"), (b"l", b"w")])
    table = (tmp_path / "db" / "000004.ldb").read_bytes()
    assert b"k" + struct.pack("<Q", 1 << 8 | 1) + b"v" in table


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full disk to show")
def test_a_full_disk_is_told_once(tmp_path, monkeypatch):
    """What could not be written is tried again when the file is closed."""

    def full(*_, **named):
        return open("/dev/full", "wb", **named)

    writer = LevelDbWriter(tmp_path / "db")
    monkeypatch.setattr(leveldb_writer, "open", full, raising=False)
    writer.put(b"key", b"value")
    with pytest.raises(OSError, match="No space left"):
        writer.finish()
    writer.close()

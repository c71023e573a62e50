import random
import struct
import sys
import zlib
from contextlib import suppress

import pytest

from blobnet import DataError, MissingExtraError
from blobnet.sources.leveldb_format import LONGEST_KEY
from blobnet.sources.leveldb_table import Handle, TableFile
from tests.sources.leveldb_files import (
    block_bytes,
    internal,
    stored,
    table_bytes,
    varint,
    with_index,
)


def open_table(tmp_path, data):
    """A table; the number of bytes of every read is kept."""
    reads = []

    def read(start, size):
        reads.append(size)
        return bytes(data[start : start + size])

    table = TableFile(tmp_path / "000005.ldb", len(data), read)
    table.reads = reads
    return table


def make(count=300):
    chance = random.Random(1)
    keys = sorted({b"%d" % chance.randrange(10**6) for _ in range(count)})
    return [(key, 7 + i, chance.randbytes(i % 90)) for i, key in enumerate(keys)]


def write(records, **options):
    return table_bytes([(internal(key, seq), value) for key, seq, value in records], **options)


def read_all(table, start=b""):
    return [(entry.key, entry.tag >> 8, entry.value) for entry in table.entries(start)]


def snappy(content):
    return bytes(pytest.importorskip("cramjam").snappy.compress_raw(content))


def deflate(content):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


COMPRESSIONS = {"raw": (None, 0), "snappy": (snappy, 1), "zlib": (zlib.compress, 2)}
COMPRESSIONS["deflate"] = (deflate, 4)


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_records_come_as_they_were_written(name, tmp_path):
    compress, kind = COMPRESSIONS[name]
    records = make()
    table = open_table(tmp_path, write(records, compress=compress, kind=kind))
    assert read_all(table) == records


def test_reading_begins_at_a_key(tmp_path):
    records = make()
    table = open_table(tmp_path, write(records))
    for start in [b"", b"0", b"5", b"999999999", *[key for key, _, _ in records[::13]]]:
        assert read_all(table, start) == [record for record in records if record[0] >= start]


def test_a_record_is_found_from_its_place(tmp_path):
    table = open_table(tmp_path, write(make()))
    for entry in table.entries():
        assert table.entry(entry.block, entry.number) == (entry.key, entry.value)
    with pytest.raises(DataError, match="no record 1000 at byte 0"):
        table.entry(next(table.entries()).block, 1000)


def test_one_block_is_read_at_a_time(tmp_path):
    table = open_table(tmp_path, write(make(1000)))
    next(table.entries())
    assert len(table.reads) == 3  # the footer, the index, a block
    assert table.reads[2] < 1500


def test_keys_and_values_may_be_long_or_empty(tmp_path):
    records = [(b"", 1, b""), (b"k" * 5000, 2, b"v" * 300000), (b"k" * 5001, 3, b"")]
    assert read_all(open_table(tmp_path, write(records))) == records


def test_without_the_extra_only_compressed_blocks_are_refused(tmp_path, monkeypatch):
    compressed = write(make(), compress=snappy, kind=1)
    monkeypatch.setitem(sys.modules, "cramjam", None)
    assert read_all(open_table(tmp_path, write(make()))) == make()
    with pytest.raises(MissingExtraError, match=r'pip install "blobnet\[leveldb\]"'):
        read_all(open_table(tmp_path, compressed))


# --- damage ---------------------------------------------------------------------------------------


def test_a_table_cut_off_anywhere_is_refused(tmp_path):
    whole = write(make(5))
    for length in range(len(whole)):
        with pytest.raises(DataError, match=r"000005.ldb: the file is damaged"):
            read_all(open_table(tmp_path, whole[:length]))


def test_any_other_byte_is_an_error_or_changes_nothing(tmp_path):
    records = make(5)
    whole = write(records)
    ignored = 0
    for at in range(len(whole)):
        for change in (1, 0x80, 0xFF):
            data = bytearray(whole)
            data[at] ^= change
            with suppress(DataError):
                assert read_all(open_table(tmp_path, data)) == records
                ignored += 1
    assert ignored < 3 * 60  # in the directory of filters, and in the footer


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_blocks_that_are_wrong_from_the_start_are_errors_too(name, tmp_path):
    """Changed before the checksum is made: so that it fits, as if someone meant harm."""
    compress, kind = COMPRESSIONS[name]
    pack = compress or (lambda content: content)
    content = block_bytes([(internal(key, seq), value) for key, seq, value in make(40)])
    chance = random.Random(3)
    refused = 0
    for _ in range(400):
        packed = bytearray(pack(content))
        for _ in range(chance.randrange(1, 4)):
            packed[chance.randrange(len(packed))] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
        index = block_bytes([(internal(b"\xff", 1), varint(0) + varint(len(packed)))], 1)
        try:
            read_all(open_table(tmp_path, with_index(stored(bytes(packed), kind), index)))
        except DataError:
            refused += 1
    assert refused > 50


def test_indexes_that_are_wrong_from_the_start_are_errors_too(tmp_path):
    blocks = stored(block_bytes([(internal(key, seq), value) for key, seq, value in make(40)]))
    index = block_bytes([(internal(b"\xff", 1), varint(0) + varint(len(blocks) - 5))], 1)
    assert len(read_all(open_table(tmp_path, with_index(blocks, index)))) == 40
    for at in range(len(index)):
        for byte in (0, 1, 3, 0x7F, 0x80, 0xFF):
            data = bytearray(index)
            data[at] = byte
            with suppress(DataError):
                read_all(open_table(tmp_path, with_index(blocks, bytes(data))))


def one_block(content, kind=0):
    index = block_bytes([(internal(b"\xff", 1), varint(0) + varint(len(content)))], 1)
    return with_index(stored(content, kind), index)


def entry(shared, unshared, size, rest=b""):
    return varint(shared) + varint(unshared) + varint(size) + rest


RESTARTS = struct.pack("<II", 0, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "without its end"),
        (b"\xff\xff\xff\x7f", "without its end"),
        (entry(1, 8, 0, bytes(8)) + RESTARTS, "leaves its block"),
        (entry(0, 100, 0, bytes(8)) + RESTARTS, "leaves its block"),
        (entry(0, 8, 2**40, bytes(8)) + RESTARTS, "leaves its block"),
        (entry(0, 3, 0, b"key") + RESTARTS, "a key without its sequence number"),
        (entry(0, LONGEST_KEY + 1, 0, bytes(LONGEST_KEY + 1)) + RESTARTS, "leaves its block"),
        (b"\x80" * 20 + RESTARTS, "more than 64 bits"),
    ],
)
def test_blocks_of_nonsense(content, message, tmp_path):
    with pytest.raises(DataError, match=rf"000005.ldb: the file is damaged\n.*{message}"):
        read_all(open_table(tmp_path, one_block(content)))


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        (varint(2**31) + bytes(100), 1, "102 bytes that claim to be 2147483648|105 bytes that"),
        (varint(3000) + bytes(100), 1, "102 bytes that claim to be 3000"),
        (b"", 1, "index out of range"),
        (varint(10) + b"\0", 1, "snappy"),
        (b"no zlib", 2, "incorrect header"),
        (zlib.compress(bytes(100))[:-6], 2, "without their end"),
        (b"\xff", 4, "invalid"),
        (b"\x28\xb5\x2f\xfd rest", 2, "Zstandard"),
        (b"", 3, "kind 3"),
    ],
)
def test_compressed_blocks_of_nonsense(content, kind, message, tmp_path):
    pytest.importorskip("cramjam")
    with pytest.raises(DataError, match=rf"(?s)000005.ldb: .*({message})"):
        read_all(open_table(tmp_path, one_block(content, kind)))


@pytest.mark.parametrize("kind", [1, 2, 4])
def test_what_claims_to_be_large_takes_no_memory(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1000")
    content = bytes(10**5)
    if kind == 1:
        cramjam = pytest.importorskip("cramjam")
        packed = bytes(cramjam.snappy.compress_raw(content))
    else:
        packer = zlib.compressobj(wbits=15 if kind == 2 else -15)
        packed = packer.compress(content) + packer.flush()
    table = open_table(tmp_path, one_block(packed, kind))
    with pytest.raises(DataError, match=r"(?s)000005.ldb.*too much memory.*BLOBNET_MAX_BYTES=1GiB"):
        read_all(table)
    assert max(table.reads) < 10**4
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "100K")
    with pytest.raises(DataError, match="damaged"):  # zeros, which are no records
        read_all(table)


def test_a_block_as_large_as_a_huge_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1000")
    table = open_table(tmp_path, one_block(bytes(2000), 0))
    with pytest.raises(DataError, match="block at byte 0, asks for too much memory"):
        table.entry(Handle(0, 1001), 0)
    assert not table.reads


def test_a_key_that_repeats_a_long_one_over_and_over_stays_bounded(tmp_path):
    first = entry(0, LONGEST_KEY, 0, bytes(LONGEST_KEY))
    again = entry(LONGEST_KEY, 1, 0, b"x")
    with pytest.raises(DataError, match="leaves its block"):
        read_all(open_table(tmp_path, one_block(first + again * 1000 + RESTARTS)))


def test_a_footer_without_its_mark(tmp_path):
    data = write(make(5))
    with pytest.raises(DataError, match="not the end of a table"):
        read_all(open_table(tmp_path, data[:-1] + b"x"))
    with pytest.raises(DataError, match="not the end of a table"):
        read_all(open_table(tmp_path, b""))


def test_a_block_behind_the_end(tmp_path):
    index = block_bytes([(internal(b"\xff", 1), varint(10**6) + varint(50))], 1)
    with pytest.raises(DataError, match="a block at byte 1000000, behind the end of the file"):
        read_all(open_table(tmp_path, with_index(b"", index)))

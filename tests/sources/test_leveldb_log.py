import random

import pytest

from blobnet import DataError
from blobnet.sources.leveldb_log import LogFile
from tests.sources.leveldb_files import BLOCK, fragment, log_bytes

SIZES = [
    [],
    [0],
    [5, 0, 300],
    [BLOCK - 7],
    [BLOCK - 6],
    [BLOCK - 14, 3],  # the second begins where only its header has room
    [BLOCK - 13, 3],  # ... where not even that has
    [BLOCK - 8, 3],
    [10, 3 * BLOCK, 10, 2 * (BLOCK - 7), 0, 70000],
]


def make(sizes):
    chance = random.Random(1)
    return [chance.randbytes(size) for size in sizes]


def write(tmp_path, data):
    (tmp_path / "000001.log").write_bytes(data)
    return LogFile(tmp_path / "000001.log")


def read_all(log):
    try:
        return [log.read(record, 0, record.size) for record in log.records()]
    finally:
        log.close()


@pytest.mark.parametrize("sizes", SIZES)
def test_records_come_as_they_were_written(sizes, tmp_path):
    records = make(sizes)
    assert read_all(write(tmp_path, log_bytes(records))) == records


@pytest.mark.parametrize("sizes", SIZES)
def test_any_part_of_a_record_is_read(sizes, tmp_path):
    records = make(sizes)
    log = write(tmp_path, log_bytes(records))
    chance = random.Random(2)
    for place, record in zip(log.records(), records, strict=True):
        for _ in range(20):
            start, size = chance.randrange(len(record) + 1), chance.randrange(50000)
            assert log.read(place, start, size) == record[start : start + size]
        for start in range(max(len(record) - 3, 0), len(record) + 1):
            assert log.read(place, start, 1) == record[start : start + 1]
    log.close()


def test_room_that_was_never_used_is_passed_over(tmp_path):
    half = fragment(1, b"one") + bytes(100)
    assert read_all(write(tmp_path, half)) == [b"one"]
    full = (fragment(1, b"one")).ljust(BLOCK, b"\0") + fragment(1, b"two")
    assert read_all(write(tmp_path, full)) == [b"one", b"two"]


# --- damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [[5, 0, 30], [20]])
def test_a_log_cut_off_anywhere_holds_whole_records_or_is_refused(sizes, tmp_path):
    records = make(sizes)
    whole = log_bytes(records)
    ends = [len(log_bytes(records[:count])) for count in range(len(sizes))]
    for length in range(len(whole)):
        whole_records = [count for count in range(len(sizes)) if length == ends[count]]
        if whole_records:
            assert read_all(write(tmp_path, whole[:length])) == records[: whole_records[0]]
        else:
            with pytest.raises(DataError, match=r"000001.log: the file is cut short"):
                read_all(write(tmp_path, whole[:length]))


def test_a_record_that_lacks_its_last_block_is_refused(tmp_path):
    whole = log_bytes(make([3 * BLOCK]))
    for length in (BLOCK, 2 * BLOCK, 3 * BLOCK, len(whole) - 1):
        with pytest.raises(DataError, match="cut short"):
            read_all(write(tmp_path, whole[:length]))


@pytest.mark.parametrize("sizes", [[5, 0, 30], [20]])
def test_any_other_byte_is_an_error(sizes, tmp_path):
    whole = log_bytes(make(sizes))
    for at in range(len(whole)):
        for change in (1, 0x80, 0xFF):
            data = bytearray(whole)
            data[at] ^= change
            with pytest.raises(DataError, match=r"000001.log: the file is (damaged|cut short)"):
                read_all(write(tmp_path, data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (fragment(4, b"end"), "out of place at byte 0"),
        (fragment(3, b"middle"), "out of place at byte 0"),
        (fragment(2, b"begin") + fragment(1, b"all"), "out of place at byte 12"),
        (fragment(2, b"begin") + fragment(4, b"end"), "gap within a record at byte 12"),
        (fragment(2, b"begin").ljust(BLOCK, b"\0") + fragment(4, b"end"), "gap within a record"),
        (fragment(2, b"begin"), "cut short"),
        (fragment(0, b""), "no record at byte 0"),
        (fragment(5, b"x"), "no record at byte 0"),
        (fragment(1, bytes(BLOCK)), "no record at byte 0"),
    ],
)
def test_fragments_that_make_no_record(data, message, tmp_path):
    with pytest.raises(DataError, match=message):
        read_all(write(tmp_path, data))


def test_a_file_that_shrinks_while_it_is_read(tmp_path):
    log = write(tmp_path, log_bytes(make([100, 70000])))
    _, record = log.records()
    with (tmp_path / "000001.log").open("r+b") as file:
        file.truncate(40000)
    with pytest.raises(DataError, match="cut short"):
        log.read(record, 0, record.size)
    log.close()

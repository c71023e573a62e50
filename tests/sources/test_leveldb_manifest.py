from contextlib import suppress

import pytest

from blobnet import DataError
from blobnet.sources.leveldb_manifest import Table, log_paths, read_manifest, table_path
from tests.sources.leveldb_files import (
    internal,
    log_bytes,
    name_of_order,
    new_table,
    prefixed,
    varint,
    write_manifest,
)

LOG = b"\2" + varint(7)


def read(folder, *changes):
    write_manifest(folder, changes)
    return read_manifest(folder)


def test_tables_are_added_and_taken_away(tmp_path):
    manifest = read(
        tmp_path,
        name_of_order() + LOG + b"\3" + varint(9) + b"\4" + varint(12345),
        new_table(0, 5, 1000, b"a", b"m") + new_table(2, 300, 2**40, b"b", b"c"),
        b"\6" + varint(0) + varint(5) + b"\5" + varint(1) + prefixed(internal(b"k", 3)),
        new_table(0, 6, 10, b"", b"z") + b"\x09" + varint(3) + b"\6" + varint(1) + varint(77),
    )
    assert list(manifest.tables()) == [Table(6, 10, b"", b"z"), Table(300, 2**40, b"b", b"c")]
    assert (manifest.log, manifest.previous_log) == (7, 3)


def test_tables_of_level_0_may_overlap_and_others_follow_each_other(tmp_path):
    manifest = read(
        tmp_path,
        LOG + b"".join(new_table(0, number, 1, b"a", b"z") for number in (9, 5)),
        b"".join(new_table(1, number, 1, b"%d" % number, b"%d" % number) for number in (8, 6, 7)),
    )
    runs = [[table.number for table in run] for run in manifest.sorted_runs()]
    assert runs == [[5], [9], [6, 7, 8]]


def test_tables_of_both_ages_are_found(tmp_path):
    assert table_path(tmp_path, 5) == tmp_path / "000005.ldb"
    (tmp_path / "000005.sst").touch()
    assert table_path(tmp_path, 5) == tmp_path / "000005.sst"
    (tmp_path / "000005.ldb").touch()
    assert table_path(tmp_path, 5) == tmp_path / "000005.ldb"
    assert table_path(tmp_path, 12345678).name == "12345678.ldb"


def test_the_logs_that_count_come_in_the_order_of_their_numbers(tmp_path):
    for number in (2, 3, 6, 7, 1000000, 999999):
        (tmp_path / f"{number:06d}.log").touch()
    (tmp_path / "other.log").touch()
    manifest = read(tmp_path, LOG + b"\x09" + varint(3))
    numbers = [int(path.stem) for path in log_paths(tmp_path, manifest)]
    assert numbers == [3, 7, 999999, 1000000]


# --- damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MANIFEST-000004",
        b"MANIFEST-\n",
        b"000004.ldb\n",
        b"MANIFEST-../../x\n",
        b"\xff" * 9 + b"\n",
        b"MANIFEST-000004\n" * 99,
    ],
)
def test_a_current_that_names_no_manifest(content, tmp_path):
    write_manifest(tmp_path, [LOG])
    (tmp_path / "CURRENT").write_bytes(content)
    with pytest.raises(DataError, match="CURRENT: the file is damaged"):
        read_manifest(tmp_path)


def test_a_manifest_that_is_missing(tmp_path):
    (tmp_path / "CURRENT").write_bytes(b"MANIFEST-000004\n")
    with pytest.raises(DataError, match=r"MANIFEST-000004: cannot be read"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            name_of_order(b"idb_cmp1"),
            r"expected: .*BytewiseComparator\n.*keys in the order idb_cmp1",
        ),
        (b"\x0a", "an entry of kind 10"),
        (b"\x08", "an entry of kind 8"),
        (new_table(7, 1, 1, b"", b""), "level 7"),
        (b"\2", "damaged"),
        (b"\7\0\1", "damaged"),
        (b"\1\x7fshort", "damaged"),
    ],
)
def test_changes_that_make_no_sense(change, message, tmp_path):
    with pytest.raises(DataError, match=rf"(?s)MANIFEST-000004: .*{message}"):
        read(tmp_path, LOG, change)


def test_a_manifest_without_changes(tmp_path):
    with pytest.raises(DataError, match="no log is named"):
        read(tmp_path)


def test_a_manifest_cut_off_anywhere_is_an_error_or_an_earlier_one(tmp_path):
    changes = [name_of_order() + LOG, new_table(0, 5, 1, b"a", b"b")]
    whole = log_bytes(changes)
    read(tmp_path, *changes)
    for length in range(len(whole)):
        (tmp_path / "MANIFEST-000004").write_bytes(whole[:length])
        if length == len(log_bytes(changes[:1])):
            assert list(read_manifest(tmp_path).tables()) == []
        else:
            with pytest.raises(DataError, match="MANIFEST-000004: the file is"):
                read_manifest(tmp_path)


def test_any_change_that_is_wrong_from_the_start_is_an_error_or_a_manifest(tmp_path):
    change = name_of_order() + LOG + new_table(1, 5, 1, b"a", b"b") + b"\6\1\5"
    for at in range(len(change)):
        for byte in (0, 1, 5, 7, 9, 0x7F, 0x80, 0xFF):
            data = bytearray(change)
            data[at] = byte
            with suppress(DataError):
                read(tmp_path, bytes(data))


def test_a_manifest_that_names_very_many_tables(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1M")
    changes = [new_table(0, number, 1, b"a", b"b") for number in range(300)]
    with pytest.raises(DataError, match=r"MANIFEST-000004, which names \d+ tables, asks for too"):
        read(tmp_path, LOG, *changes)
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "2M")
    assert len(list(read(tmp_path, LOG, *changes).tables())) == 300


def test_a_manifest_that_is_larger_than_any(tmp_path):
    write_manifest(tmp_path, [LOG])
    with open(tmp_path / "MANIFEST-000004", "r+b") as file:
        file.truncate(2**30)  # a hole
    with pytest.raises(DataError, match=r"MANIFEST-000004: too large(.*\n)*.*at most 64 MiB"):
        read_manifest(tmp_path)


def test_a_folder_that_cannot_be_listed(tmp_path):
    with pytest.raises(DataError, match="gone: cannot be read"):
        log_paths(tmp_path / "gone", read(tmp_path, LOG))

import os
import random
import struct
import subprocess
import sys
from itertools import islice

import lmdb
import pytest

from blobnet import DataError
from blobnet.sources.lmdb_file import LmdbFile
from tests.sources.lmdb_files import write_lmdb


def open_file(folder):
    return LmdbFile(folder / "data.mdb")


def read_all(folder):
    file = open_file(folder)
    try:
        return list(records_of(file))
    finally:
        file.close()


def records_of(file):
    there_is_one = file.first()
    while there_is_one:
        yield file.record()
        there_is_one = file.advance()


def few():
    return [(b"%08d" % i, bytes([i]) * 30) for i in range(5)]


def deep():
    """So many that branches stand above branches."""
    return [(b"%0200d" % i, b"%d" % i * 20) for i in range(5000)]


def unordered():
    numbers = list(range(3000))
    random.Random(1).shuffle(numbers)
    return [(b"key%d" % i, b"x" * (i % 700)) for i in numbers]


def large():
    return [(b"%08d" % i, os.urandom(i * 7000)) for i in range(12)]


@pytest.mark.parametrize("make", [few, deep, unordered, large])
def test_the_records_are_those_of_the_library_in_its_order(make, tmp_path):
    folder = write_lmdb(tmp_path / "db", make())
    with lmdb.open(str(folder)) as store, store.begin() as transaction:
        expected = list(transaction.cursor())
    assert read_all(folder) == expected


def test_a_database_that_has_been_changed(tmp_path):
    folder = write_lmdb(tmp_path / "db", unordered())
    with lmdb.open(str(folder), map_size=2**26) as store:
        for start in range(0, 3000, 100):
            with store.begin(write=True) as transaction:
                for i in range(start, start + 100, 3):
                    transaction.delete(b"key%d" % i)
                transaction.put(b"new%d" % start, b"y" * 10000)
        with store.begin() as transaction:
            expected = list(transaction.cursor())
    assert read_all(folder) == expected


@pytest.mark.parametrize("make", [few, deep, unordered, large])
def test_seek_finds_every_key_and_no_other(make, tmp_path):
    records = sorted(make())
    file = open_file(write_lmdb(tmp_path / "db", records))
    for i in range(0, len(records), 7):
        assert file.seek(records[i][0])
        assert file.record() == records[i]
        assert file.advance() == (i + 1 < len(records))
    for missing in (b"", b"0", b"zzz", records[1][0] + b"\0"):
        assert not file.seek(missing)
    file.close()


def test_an_empty_database_has_no_entries(tmp_path):
    file = open_file(write_lmdb(tmp_path / "db", []))
    assert file.entries == 0
    file.close()


def test_nothing_is_written_and_readers_do_not_disturb_each_other(tmp_path):
    folder = write_lmdb(tmp_path / "db", deep())
    (folder / "lock.mdb").unlink()
    before = (folder / "data.mdb").read_bytes()
    (folder / "data.mdb").chmod(0o444)
    one, two = open_file(folder), open_file(folder)
    for (one_key, _), (two_key, _) in zip(records_of(one), records_of(two), strict=True):
        assert one_key == two_key
    one.close()
    two.close()
    assert [entry.name for entry in folder.iterdir()] == ["data.mdb"]
    assert (folder / "data.mdb").read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_reads_on_its_own(tmp_path):
    records = large()
    file = open_file(write_lmdb(tmp_path / "db", records))
    file.first()
    child = os.fork()
    if child == 0:  # reads to the end, moving its place in the file about
        same = list(records_of(file)) == records
        os._exit(0 if same else 1)
    assert list(records_of(file)) == records
    assert os.waitpid(child, 0)[1] == 0
    file.close()


# --- damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", [0.9, 0.5, 0.01])
def test_a_truncated_file_is_refused_at_once(kept, tmp_path):
    folder = write_lmdb(tmp_path / "db", deep())
    data = (folder / "data.mdb").read_bytes()
    (folder / "data.mdb").write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(DataError, match=r"cut short\n.*expected: \d+ bytes\n.*got:.*\n.*again"):
        open_file(folder)


def test_a_file_truncated_while_it_is_read(tmp_path):
    folder = write_lmdb(tmp_path / "db", deep())
    file = open_file(folder)
    file.first()
    os.truncate(folder / "data.mdb", 20000)
    with pytest.raises(DataError, match="damaged"):
        list(records_of(file))
    file.close()


@pytest.mark.parametrize("page", [0, 1, 2, 40, -3])
def test_a_page_of_zeros_is_refused(page, tmp_path):
    folder = write_lmdb(tmp_path / "db", deep())
    data = bytearray((folder / "data.mdb").read_bytes())
    size = int.from_bytes(data[40:44], "little")
    start = (page % (len(data) // size)) * size
    data[start : start + size] = bytes(size)
    (folder / "data.mdb").write_bytes(data)
    with pytest.raises(DataError, match=r"damaged|not an LMDB"):
        read_all(folder)


@pytest.mark.parametrize("content", [b"", b"SQLite", bytes(8192), b"\xde\xc0\xef\xbe" * 4000])
def test_another_kind_of_file(content, tmp_path):
    (tmp_path / "data.mdb").write_bytes(content)
    with pytest.raises(DataError, match="not an LMDB"):
        open_file(tmp_path)


def test_databases_within_a_database_are_refused(tmp_path):
    with lmdb.open(str(tmp_path / "db"), max_dbs=1) as store:
        inner = store.open_db(b"inner")
        with store.begin(write=True, db=inner) as transaction:
            transaction.put(b"key", b"value")
    with pytest.raises(DataError, match="a database of its own"):
        read_all(tmp_path / "db")


@pytest.mark.parametrize("make", [few, unordered, large])
def test_any_damage_is_an_error_that_can_be_caught(make, tmp_path):
    folder = write_lmdb(tmp_path / "db", make())
    whole = (folder / "data.mdb").read_bytes()
    size = int.from_bytes(whole[40:44], "little")
    used = [at for at in range(len(whole)) if at % size < 200 or at % size > size - 200]
    chance = random.Random(3)
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        for at in chance.sample(used, 20):
            data[at] = chance.randrange(256)
        (folder / "data.mdb").write_bytes(data)
        try:
            read_all(folder)
        except DataError:
            refused += 1
    assert refused > 10


def test_the_process_survives_a_truncated_database(tmp_path):
    folder = write_lmdb(tmp_path / "db", deep())
    os.truncate(folder / "data.mdb", 100_000)
    code = f"""if True:
        import blobnet
        text = 'layer {{ name: "d" type: "Data" top: "x" data_param {{ batch_size: 2'
        try:
            text += ' backend: LMDB source: "{folder.as_posix()}" }} }}'
            blobnet.Net(blobnet.parse_net(text))
        except blobnet.DataError as error:
            print("caught", error)
    """
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert 'caught Data layer "d": ' in result.stdout


# --- any order ------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [few, deep, unordered, large])
def test_every_record_is_found_from_its_number(make, tmp_path):
    records = sorted(make())
    file = open_file(write_lmdb(tmp_path / "db", records))
    index = file.index()
    assert len(index.places) == len(records)
    numbers = list(range(0, len(records), 3))
    random.Random(2).shuffle(numbers)
    for number in numbers:
        assert file.record_at(index, number) == records[number]
    file.close()


def test_an_empty_database_has_no_places(tmp_path):
    file = open_file(write_lmdb(tmp_path / "db", []))
    assert len(file.index().places) == 0
    assert not file.first()
    file.close()


def test_a_place_in_another_database_is_refused(tmp_path):
    file = open_file(write_lmdb(tmp_path / "db", deep()))
    other = open_file(write_lmdb(tmp_path / "other", few()))
    with pytest.raises(DataError, match="damaged"):
        other.record_at(file.index(), 4999)
    file.close()
    other.close()


def test_pages_that_lead_to_more_records_than_the_file_has_are_not_gone_through(tmp_path):
    file = open_file(write_lmdb(tmp_path / "db", deep()))
    file._meta = file._meta._replace(entries=4000)
    with pytest.raises(DataError, match="more records than it should have"):
        file.index()
    file.close()


# --- pages that lead to each other ----------------------------------------------------------------


def page(number, flags, nodes):
    """A page with these nodes, each a header's four numbers and what follows it."""
    starts, content = [], b""
    for *header, rest in nodes:
        starts.append(16 + 2 * len(nodes) + len(content))
        content += struct.pack("<4H", *header) + rest
    lower = 16 + 2 * len(nodes)
    head = struct.pack("<QHHHH", number, 0, flags, lower, lower)
    return (head + struct.pack(f"<{len(starts)}H", *starts) + content).ljust(4096, b"\0")


def meta(number, entries, root, depth, last):
    free, main = (4096, 0, 0, 0, 0, 0, 0, 0), (0, 0, depth, 0, 0, 0, entries, root)
    parts = struct.pack("<IIQQ", 0xBEEFC0DE, 1, 0, 2**26)
    parts += (
        struct.pack("<IHH5Q", *free) + struct.pack("<IHH5Q", *main) + struct.pack("<QQ", last, 1)
    )
    return (struct.pack("<QHHHH", number, 0, 8, 0, 0) + parts).ljust(4096, b"\0")


def doubling(folder, levels, entries):
    """Branches of two nodes, both of which lead to the next page; a leaf of two records."""
    root, leaf = 2, 2 + levels
    pages = [meta(number, entries, root, levels + 1, leaf) for number in (0, 1)]
    for number in range(root, leaf):
        child = (number + 1, 0, 0)
        pages.append(page(number, 1, [(*child, 0, b""), (*child, 1, b"k")]))
    pages.append(page(leaf, 2, [(1, 0, 0, 1, key + b"v") for key in (b"a", b"b")]))
    folder.mkdir()
    (folder / "data.mdb").write_bytes(b"".join(pages))
    return folder


def test_pages_written_by_hand_are_read(tmp_path):
    folder = doubling(tmp_path / "db", 2, 8)
    assert read_all(folder) == [(b"a", b"v"), (b"b", b"v")] * 4


@pytest.mark.parametrize("entries", [100, 2**60])
def test_a_cursor_among_pages_that_lead_to_each_other_comes_to_an_end(entries, tmp_path):
    file = open_file(doubling(tmp_path / "db", 30, entries))  # 2**31 records in 33 pages
    with pytest.raises(DataError, match="more records than it should have"):
        list(islice(records_of(file), 10**6))
    assert file.seek(b"k") is False
    with pytest.raises(DataError, match="more records than it should have"):
        file.index()
    file.close()


def test_a_record_that_claims_to_be_large_is_not_read(tmp_path, monkeypatch):
    folder = write_lmdb(tmp_path / "db", [(b"a", bytes(10**5))])
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "10K")
    with pytest.raises(DataError, match=r"data\.mdb, a record asks for too much memory"):
        read_all(folder)
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "100K")
    assert read_all(folder) == [(b"a", bytes(10**5))]

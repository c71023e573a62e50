import json
import os
import random
import shutil
import subprocess
import sys

import pytest

from blobnet import DataError
from blobnet.sources.leveldb_file import LevelDbFile
from tests.sources.leveldb_files import (
    LIBRARY,
    internal,
    name_of_order,
    new_table,
    table_bytes,
    varint,
    write_database,
    write_leveldb,
    write_manifest,
)


def read_all(folder, start=b""):
    file = LevelDbFile(folder)
    try:
        return list(records_of(file, start))
    finally:
        file.close()


def read_or_error(folder):
    """The records, or the words of the DataError."""
    try:
        return read_all(folder)
    except DataError as error:
        return str(error)


def records_of(file, start=b""):
    there_is_one = file.first() if not start else file.seek(start)
    while there_is_one:
        yield file.record()
        there_is_one = file.advance()


def some(count=200):
    chance = random.Random(4)
    keys = {b"%d" % chance.randrange(10**5) for _ in range(count)}
    return [(key, key * (int(key) % 30)) for key in sorted(keys)]


@pytest.fixture
def of_the_library():
    """A database that LevelDB itself wrote, and its records as LevelDB reads them."""
    pytest.importorskip("cramjam")
    text = (LIBRARY / "changed.json").read_text()
    expected = [(key.encode(), number * count) for key, (number, count) in unpack(text)]
    return LIBRARY / "changed", expected


def unpack(text):
    for key, (number, count) in json.loads(text).items():
        yield key, (f"{number},".encode(), count)


def test_the_records_are_those_of_the_library_in_its_order(of_the_library):
    folder, expected = of_the_library
    assert len(expected) > 200
    assert read_all(folder) == expected


def test_every_key_is_found_and_every_record_in_any_order(of_the_library):
    folder, expected = of_the_library
    file = LevelDbFile(folder)
    index = file.index()
    numbers = list(range(len(expected)))
    random.Random(1).shuffle(numbers)
    assert len(index.places) == len(expected)
    for number in numbers:
        key, value = expected[number]
        assert file.record_at(index, number) == (key, value)
        assert file.seek(key)
        assert (file.key(), file.record()) == (key, (key, value))
        assert file.advance() == (number + 1 < len(expected))
    for missing in (b"", b"key7", b"zzz", expected[3][0] + b"\0"):
        assert not file.seek(missing)
    file.close()


def test_the_newest_write_counts_wherever_it_stands(tmp_path):
    folder = write_database(
        tmp_path / "db",
        tables=[
            (0, {b"a": (50, b"new"), b"b": (51, None), b"e": (52, b"new")}),
            (0, {b"a": (40, b"old"), b"c": (60, b"new"), b"e": (41, b"old")}),
            (1, {b"a": (30, b"older"), b"b": (31, b"old")}),
            (1, {b"c": (32, None), b"d": (33, b"kept"), b"e": (34, None)}),
            (6, {b"b": (1, b"oldest"), b"f": (2, b"gone"), b"g": (3, None)}),
        ],
        logs=[[(70, [(b"f", None)])], [(80, [(b"h", b"log"), (b"e", b"newest")])]],
    )
    assert read_all(folder) == [
        (b"a", b"new"),
        (b"c", b"new"),
        (b"d", b"kept"),
        (b"e", b"newest"),
        (b"h", b"log"),
    ]


def test_a_log_that_is_in_a_table_already_does_not_count(tmp_path):
    folder = write_database(tmp_path / "db", [(0, {b"a": (5, b"table")})], [[(1, [(b"b", b"x")])]])
    (folder / "000100.log").rename(folder / "000099.log")
    assert read_all(folder) == [(b"a", b"table")]


def test_tables_of_an_older_library(tmp_path):
    folder = write_leveldb(tmp_path / "db", some())
    for path in folder.glob("*.ldb"):
        path.rename(path.with_suffix(".sst"))
    assert read_all(folder) == some()


def test_more_tables_than_files_stay_open(tmp_path):
    records = some(400)
    tables = [(0, {}) for _ in range(40)]
    for number, (key, value) in enumerate(records):
        tables[number % 40][1][key] = number, value
    folder = write_database(tmp_path / "db", tables)
    assert read_all(folder) == records
    file = LevelDbFile(folder)
    index = file.index()
    for number in range(0, len(records), 3):
        assert file.record_at(index, number) == records[number]
    file.close()


@pytest.mark.parametrize("records", [{}, {b"a": (5, None)}])
def test_a_database_without_records(records, tmp_path):
    folder = write_database(tmp_path / "db", [(0, records)] if records else [])
    file = LevelDbFile(folder)
    assert not file.first()
    assert not file.seek(b"a")
    assert len(file.index().places) == 0
    file.close()


def test_nothing_is_written_and_readers_do_not_disturb_each_other(of_the_library, tmp_path):
    source, _ = of_the_library
    folder = tmp_path / "db"
    shutil.copytree(source, folder)
    for path in folder.iterdir():
        path.chmod(0o444)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    one, two = LevelDbFile(folder), LevelDbFile(folder)
    for record, same in zip(records_of(one), records_of(two), strict=True):
        assert record == same
    one.close()
    two.close()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_reads_on_its_own(tmp_path):
    records = some(500)
    file = LevelDbFile(write_leveldb(tmp_path / "db", records))
    file.first()
    child = os.fork()
    if child == 0:
        same = list(records_of(file)) == records
        os._exit(0 if same else 1)
    assert list(records_of(file)) == records
    assert os.waitpid(child, 0)[1] == 0
    file.close()


# --- damage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["000010.ldb", "000011.ldb"])
def test_a_table_that_is_missing_or_cut_short_is_refused_at_once(name, tmp_path):
    folder = write_leveldb(tmp_path / "db", some())
    size = (folder / name).stat().st_size
    os.truncate(folder / name, size - 1)
    with pytest.raises(
        DataError, match=rf"{name}: the file is cut short\n.*{size} bytes\n.*\n.*again"
    ):
        LevelDbFile(folder)
    (folder / name).unlink()
    with pytest.raises(DataError, match=rf"{name}: the file is missing\n.*{size} bytes"):
        LevelDbFile(folder)


def test_every_file_cut_off_anywhere_is_an_error_or_leaves_whole_records(tmp_path):
    records = some(12)
    folder = write_leveldb(tmp_path / "db", records)
    for path in folder.iterdir():
        whole = path.read_bytes()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            got = read_or_error(folder)
            if isinstance(got, list):  # cut between two writes
                assert set(got) < set(records)
                assert path.suffix == ".log" or path.name.startswith("MANIFEST")
            else:
                assert path.name in got
        path.write_bytes(whole)
    assert read_all(folder) == records


def test_any_damage_is_an_error_that_can_be_caught(of_the_library, tmp_path):
    source, expected = of_the_library
    folder = tmp_path / "db"
    shutil.copytree(source, folder)
    chance = random.Random(3)
    paths = sorted(folder.iterdir())
    refused = 0
    for _ in range(200):
        path = chance.choice(paths)
        whole = path.read_bytes()
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        got = read_or_error(folder)
        if isinstance(got, list):
            assert got == expected  # only what nobody reads was changed
        else:
            refused += 1
        path.write_bytes(whole)
    assert refused > 180


def test_a_table_that_shrinks_while_it_is_read(tmp_path):
    folder = write_leveldb(tmp_path / "db", some(2000))
    file = LevelDbFile(folder)
    file.first()
    for path in folder.glob("*.ldb"):
        os.truncate(path, 3000)
    with pytest.raises(DataError, match="damaged"):
        list(records_of(file))
    file.close()


def write_entries(folder, entries, smallest=b"", largest=b"\xff"):
    folder.mkdir()
    data = table_bytes(entries)
    (folder / "000010.ldb").write_bytes(data)
    table = new_table(1, 10, len(data), smallest, largest)
    write_manifest(folder, [name_of_order() + b"\2" + varint(100), table])
    return folder


def test_records_out_of_order(tmp_path):
    entries = [(internal(b"b", 1), b"x"), (internal(b"a", 2), b"y")]
    with pytest.raises(DataError, match="keys out of order: b'b', b'a'"):
        read_all(write_entries(tmp_path / "db", entries))


def test_a_write_of_an_unknown_kind(tmp_path):
    with pytest.raises(DataError, match="a write of kind 9"):
        read_all(write_entries(tmp_path / "db", [(internal(b"a", 1, kind=9), b"x")]))


def test_the_process_survives_a_damaged_database(of_the_library, tmp_path):
    folder = tmp_path / "db"
    shutil.copytree(of_the_library[0], folder)
    table = max(folder.glob("*.ldb"), key=lambda path: path.stat().st_size)
    data = bytearray(table.read_bytes())
    data[100:5000] = bytes(4900)
    table.write_bytes(data)
    code = f"""if True:
        import blobnet
        text = 'layer {{ name: "d" type: "Data" top: "x" data_param {{ batch_size: 2'
        try:
            text += ' source: "{folder.as_posix()}" }} }}'
            blobnet.Net(blobnet.parse_net(text))
        except blobnet.DataError as error:
            print("caught", error)
    """
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert 'caught Data layer "d": ' in result.stdout

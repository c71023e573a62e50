import json
import os

import numpy as np
import pytest

from blobnet import DataError
from blobnet.sources.lmdb_source import LmdbSource
from tests.sources.lmdb_files import make_datum, write_images, write_lmdb


@pytest.fixture
def source(tmp_path):
    images = [np.full((1, 2, 2), i, np.uint8) for i in range(5)]
    source = LmdbSource(write_images(tmp_path / "db", images))
    yield source
    source.close()


def labels(source, count):
    return [source.read().datum.label for _ in range(count)]


def test_records_come_in_the_order_of_their_keys_and_begin_again(source):
    assert labels(source, 12) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]


def test_a_record_has_a_key_and_a_datum(source):
    source.read()
    record = source.read()
    assert record.key == "00000001_1.png"
    assert record.datum == make_datum(np.full((1, 2, 2), 1, np.uint8), 1)


def test_peek_leaves_the_position(source):
    source.read()
    assert source.peek() == source.peek()
    assert labels(source, 2) == [1, 2]


@pytest.mark.parametrize(("count", "label"), [(0, 0), (3, 3), (5, 0), (10**12 + 2, 2)])
def test_skip(source, count, label):
    source.skip(count)
    assert labels(source, 1) == [label]


@pytest.mark.parametrize("count", range(6))
def test_a_state_is_the_position(source, count):
    labels(source, count)
    state = json.loads(json.dumps(source.get_state()))
    expected = labels(source, 7)
    source.set_state(state)
    assert labels(source, 7) == expected


def test_keys_of_any_bytes_have_a_state(tmp_path):
    value = make_datum(np.zeros((1, 1, 1), np.uint8)).SerializeToString()
    source = LmdbSource(write_lmdb(tmp_path / "db", [(b"\0\xff", value), (b"\x80\n", value)]))
    keys = [source.read().key]
    state = json.loads(json.dumps(source.get_state()))
    keys.append(source.read().key)
    source.set_state(state)
    assert source.read().key == keys[1]
    assert keys == ["\0\\xff", "\\x80\n"]
    source.close()


def test_the_state_of_another_database_is_refused(source):
    with pytest.raises(DataError, match=r'(?s)expected:.*"00000007".*fix:.*start from the weights'):
        source.set_state({"key": "00000007"})


def test_a_missing_folder(tmp_path):
    with pytest.raises(DataError, match=r"no LMDB\n.*\n.*no such folder\n.*current folder"):
        LmdbSource(tmp_path / "nothing")


def test_a_missing_mnist_comes_with_the_command_that_makes_it(tmp_path):
    with pytest.raises(DataError, match="`blobnet dataset mnist` makes it"):
        LmdbSource(tmp_path / "mnist_train_lmdb")


def test_a_file_in_place_of_the_folder(tmp_path):
    folder = write_images(tmp_path / "db", [np.zeros((1, 1, 1), np.uint8)])
    with pytest.raises(DataError, match=r"got: +a file\n.*name the folder"):
        LmdbSource(folder / "data.mdb")


def test_a_folder_of_something_else(tmp_path):
    with pytest.raises(DataError, match="a folder without it"):
        LmdbSource(tmp_path)
    (tmp_path / "CURRENT").write_text("MANIFEST-000004\n")
    with pytest.raises(DataError, match="a LevelDB"):
        LmdbSource(tmp_path)


def test_an_empty_database(tmp_path):
    with pytest.raises(DataError, match="the database is empty"):
        LmdbSource(write_lmdb(tmp_path / "db", []))


def test_a_database_that_is_damaged_from_the_first_record_on(tmp_path):
    folder = write_images(tmp_path / "db", [np.zeros((1, 1, 1), np.uint8)])
    data = bytearray((folder / "data.mdb").read_bytes())
    size = int.from_bytes(data[40:44], "little")
    data[2 * size :] = bytes(len(data) - 2 * size)
    (folder / "data.mdb").write_bytes(data)
    with pytest.raises(DataError, match="damaged"):
        LmdbSource(folder)


def test_a_record_that_is_no_datum_is_named(tmp_path):
    good = make_datum(np.zeros((1, 1, 1), np.uint8)).SerializeToString()
    source = LmdbSource(write_lmdb(tmp_path / "db", [(b"good", good), (b"worse", b"\xff" * 9)]))
    source.read()
    with pytest.raises(DataError, match=r'db, record "worse": not a Datum'):
        source.read()
    source.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_or_a_folder_in_place_of_the_file(tmp_path):
    (tmp_path / "one").mkdir()
    os.mkfifo(tmp_path / "one" / "data.mdb")
    (tmp_path / "two" / "data.mdb").mkdir(parents=True)
    for name, kind in (("one", "a pipe"), ("two", "a folder")):
        with pytest.raises(DataError, match=rf"data\.mdb: cannot be read\n.*\n.*{kind}"):
            LmdbSource(tmp_path / name)


@pytest.mark.parametrize("name", ["a\0b", "a" * 300, "x/" * 3000])
def test_a_path_that_no_system_takes(name):
    with pytest.raises(DataError, match="no LMDB"):
        LmdbSource(name)


def test_a_machine_without_memory(tmp_path, monkeypatch):
    source = LmdbSource(write_images(tmp_path / "db", [np.zeros((1, 1, 1), np.uint8)]))
    index = source.index()

    def no_memory(*args):
        raise MemoryError

    for name in ("record", "record_at", "index"):
        monkeypatch.setattr(source._file, name, no_memory)
    for read in (source.read, source.peek, source.index, lambda: source.read_at(index, 0)):
        with pytest.raises(DataError, match=r"db: .*not enough memory"):
            read()
    source.close()

import json
import os
from pathlib import Path

import numpy as np
import pytest

from blobnet import DataError
from blobnet.sources.datum import datum_to_array
from blobnet.sources.leveldb_source import LevelDbSource
from tests.sources.leveldb_files import write_images, write_leveldb
from tests.sources.lmdb_files import make_datum
from tests.sources.lmdb_files import write_images as write_lmdb_images

FORMATS = Path(__file__).parents[1] / "reference" / "formats"


@pytest.fixture
def source(tmp_path):
    images = [np.full((1, 2, 2), i, np.uint8) for i in range(5)]
    source = LevelDbSource(write_images(tmp_path / "db", images))
    yield source
    source.close()


def labels(source, count):
    return [source.read().datum.label for _ in range(count)]


def test_a_database_of_caffe():
    source = LevelDbSource(FORMATS / "raw_leveldb")
    with np.load(FORMATS / "expected" / "leveldb_raw.npz") as recording:
        images, expected = (recording[name] for name in ("data", "label"))
    records = [source.read() for _ in range(25)]
    assert [record.key for record in records[:2]] == ["00000000_00.png", "00000001_01.png"]
    assert [record.label for record in records] == expected.ravel().tolist()
    for record, image in zip(records, images.reshape(25, 3, 32, 28), strict=True):
        np.testing.assert_array_equal(datum_to_array(record.datum), image)
    source.close()


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


@pytest.mark.parametrize("begin", range(5))
@pytest.mark.parametrize("count", [0, 3, 5, 9, 10, 11, 23, 10**12 + 2])
def test_skip(begin, count, source):
    labels(source, begin)
    source.skip(count)
    assert labels(source, 1) == [(begin + count) % 5]


@pytest.mark.parametrize("count", range(6))
def test_a_state_is_the_position(source, count):
    labels(source, count)
    state = json.loads(json.dumps(source.get_state()))
    expected = labels(source, 7)
    source.set_state(state)
    assert labels(source, 7) == expected


def test_keys_of_any_bytes_have_a_state(tmp_path):
    value = make_datum(np.zeros((1, 1, 1), np.uint8)).SerializeToString()
    source = LevelDbSource(write_leveldb(tmp_path / "db", [(b"\0\xff", value), (b"\x80\n", value)]))
    keys = [source.read().key]
    state = json.loads(json.dumps(source.get_state()))
    keys.append(source.read().key)
    source.set_state(state)
    assert source.read().key == keys[1]
    assert keys == ["\0\\xff", "\\x80\n"]
    source.close()


def test_records_are_read_in_any_order(source):
    index = source.index()
    assert [source.read_at(index, i).label for i in (3, 0, 4, 4, 1)] == [3, 0, 4, 4, 1]


def test_the_state_of_another_database_is_refused(source):
    with pytest.raises(DataError, match=r'(?s)expected:.*"00000007".*fix:.*start from the weights'):
        source.set_state({"key": "00000007"})


# --- folders --------------------------------------------------------------------------------------


def test_a_missing_folder(tmp_path):
    with pytest.raises(DataError, match=r"no LevelDB\n.*CURRENT\n.*no such folder\n.*current fold"):
        LevelDbSource(tmp_path / "nothing")


def test_a_file_in_place_of_the_folder(tmp_path):
    with pytest.raises(DataError, match=r"got: +a file\n.*name the folder"):
        LevelDbSource(FORMATS / "raw_leveldb" / "CURRENT")


def test_a_folder_of_something_else(tmp_path):
    with pytest.raises(DataError, match="a folder without it"):
        LevelDbSource(tmp_path)
    folder = write_lmdb_images(tmp_path / "db", [np.zeros((1, 1, 1), np.uint8)])
    with pytest.raises(DataError, match=r"got: +an LMDB\n.*write `backend: LMDB`.*is LEVELDB"):
        LevelDbSource(folder)


def test_an_empty_database(tmp_path):
    with pytest.raises(DataError, match="the database is empty"):
        LevelDbSource(write_leveldb(tmp_path / "db", []))


def test_a_record_that_is_no_datum_is_named(tmp_path):
    good = make_datum(np.zeros((1, 1, 1), np.uint8)).SerializeToString()
    source = LevelDbSource(write_leveldb(tmp_path / "db", [(b"a", good), (b"worse", b"\xff" * 9)]))
    source.read()
    with pytest.raises(DataError, match=r'db, record "worse": not a Datum'):
        source.read()
    source.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
@pytest.mark.parametrize("name", ["CURRENT", "MANIFEST-000004", "000010.ldb", "000100.log"])
def test_a_pipe_in_place_of_any_file(name, tmp_path):
    images = [np.zeros((1, 1, 1), np.uint8)] * 9
    folder = write_images(tmp_path / "db", images)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(DataError, match=rf"{name}: cannot be read\n.*\n.*a pipe"):
        LevelDbSource(folder)


@pytest.mark.parametrize("name", ["a\0b", "a" * 300, "x/" * 3000])
def test_a_path_that_no_system_takes(name):
    with pytest.raises(DataError, match="no LevelDB"):
        LevelDbSource(name)

"""New databases: whole or not there, in either form, and nothing is replaced unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from blobnet.datasets.database_writer import (
    BACKENDS,
    check_place,
    new_database,
    new_databases,
)
from blobnet.errors import DataError
from blobnet.proto import Datum
from blobnet.sources import leveldb_writer, lmdb_writer
from blobnet.sources.leveldb_source import LevelDbSource
from blobnet.sources.lmdb_source import LmdbSource

SOURCES = {"lmdb": LmdbSource, "leveldb": LevelDbSource}

pytestmark = pytest.mark.parametrize("backend", BACKENDS)


def record(number, size=10):
    return b"%08d" % number, Datum(label=number, data=b"x" * size, encoded=True)


def write(path, backend, count, **options):
    with new_database(path, backend, **options) as database:
        for number in range(count):
            database.put_datum(*record(number))
    return database


def labels(path, backend):
    source = SOURCES[backend](path)
    found = [each.datum.label for each in source.rest()]
    source.close()
    return found


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_is_put_is_read(tmp_path, backend):
    assert write(tmp_path / "db", backend, 2500).count == 2500
    assert labels(tmp_path / "db", backend) == list(range(2500))
    assert names(tmp_path) == {"db"}


def test_large_records_are_not_gathered(tmp_path, backend, monkeypatch):
    """A transaction, and a block, ends by its bytes."""
    sizes = []
    commit = lmdb_writer.commit
    monkeypatch.setattr(lmdb_writer, "_BATCH_BYTES", 10_000)
    monkeypatch.setattr(
        lmdb_writer, "commit", lambda s, records: (sizes.append(len(records)), commit(s, records))
    )
    with new_database(tmp_path / "db", backend) as database:
        for number in range(10):
            database.put_datum(*record(number, 4000))
    assert labels(tmp_path / "db", backend) == list(range(10))
    assert sizes == ([3, 3, 3, 1] if backend == "lmdb" else [])


def test_a_failure_leaves_nothing(tmp_path, backend):
    def fail():
        with new_database(tmp_path / "db", backend) as database:
            database.put_datum(*record(1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert names(tmp_path) == set()


def put(path, backend, keys):
    with new_database(path, backend) as database:
        for key in keys:
            database.put(key, b"")
    return database.count


@pytest.mark.parametrize("keys", [[b"b", b"a"], [b"a", b"a"], [b""], [b"a" * 9000]])
def test_keys_must_ascend_and_fit(tmp_path, backend, keys):
    with pytest.raises(DataError, match=r"order of their keys|cannot take"):
        put(tmp_path / "db", backend, keys)
    assert names(tmp_path) == set()


def test_keys_may_be_long(tmp_path, backend):
    assert put(tmp_path / "db", backend, [b"k" * 511, b"k" * 510 + b"l"]) == 2


def test_an_existing_name_is_refused_at_once(tmp_path, backend):
    write(tmp_path / "db", backend, 3)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for name in ("db", "file", "folder"):
        with pytest.raises(DataError, match=f"{name} exists already"):
            write(tmp_path / name, backend, 5)
        with pytest.raises(DataError, match=f"{name} exists already"):
            check_place([tmp_path / name], backend)
    assert labels(tmp_path / "db", backend) == [0, 1, 2]


def test_a_database_is_replaced_when_asked_and_nothing_else(tmp_path, backend):
    write(tmp_path / "db", backend, 3)
    write(tmp_path / "db", backend, 5, overwrite=True)
    assert labels(tmp_path / "db", backend) == list(range(5))
    (tmp_path / "db" / "precious").touch()
    with pytest.raises(DataError, match="something that is not"):
        write(tmp_path / "db", backend, 1, overwrite=True)
    other = BACKENDS[backend == "lmdb"]
    write(tmp_path / "other", other, 2)
    with pytest.raises(DataError, match="something that is not"):
        write(tmp_path / "other", backend, 1, overwrite=True)
    assert names(tmp_path) == {"db", "other"}


def test_what_came_there_meanwhile_stays(tmp_path, backend):
    def meanwhile():
        with new_database(tmp_path / "db", backend) as database:
            database.put_datum(*record(0))
            (tmp_path / "db").mkdir()
            (tmp_path / "db" / "precious").touch()

    with pytest.raises(DataError, match="exists already"):
        meanwhile()
    assert names(tmp_path / "db") == {"precious"}
    assert names(tmp_path) == {"db"}


def test_several_appear_together_or_not_at_all(tmp_path, backend):
    paths = [tmp_path / "a" / "one", tmp_path / "two"]
    with new_databases(paths, backend) as databases:
        for number, database in enumerate(databases):
            database.put_datum(*record(number))
        assert not any(path.exists() for path in paths)
    assert [labels(path, backend) for path in paths] == [[0], [1]]


def test_where_one_fails_there_is_none(tmp_path, backend):
    def fail():
        with new_databases([tmp_path / "one", tmp_path / "two"], backend) as databases:
            databases[0].put_datum(*record(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with (
        pytest.raises(DataError, match="two databases of one name"),
        new_databases([tmp_path / "one"] * 2, backend),
    ):
        pass
    assert names(tmp_path) == set()


@pytest.mark.parametrize("number", [28, 5])
def test_a_disk_that_fails_is_a_data_error(tmp_path, backend, monkeypatch, number):
    def fail(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(leveldb_writer.TableWriter, "add", fail)
    monkeypatch.setattr(lmdb_writer, "commit", fail)
    with pytest.raises(DataError, match=r"cannot write a store in") as caught:
        write(tmp_path / "db", backend, 2)
    assert ("the disk is full" in str(caught.value)) == (number == 28)
    assert names(tmp_path) == set()
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"cannot write a store in .*file"):
        write(tmp_path / "file" / "db", backend, 1)

"""New databases for Caffe's Data layer, LMDB or LevelDB, behind one small interface.

with new_database(path, "leveldb") as database:
    database.put(b"00000000_cat.jpg", datum.SerializeToString())

A database is written under another name and renamed when it is complete: what has the name is
whole. Caffe: db.cpp, db_lmdb.cpp, db_leveldb.cpp.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Literal, Protocol

from blobnet.datasets.staging import put_in_place, staging, tidy
from blobnet.errors import DataError, explain
from blobnet.input_files import absolute, shown
from blobnet.loggers import named_logger
from blobnet.proto import Datum
from blobnet.sources.leveldb_format import LONGEST_KEY
from blobnet.sources.leveldb_writer import LevelDbWriter
from blobnet.sources.lmdb_writer import LmdbWriter

Backend = Literal["lmdb", "leveldb"]
BACKENDS: tuple[Backend, ...] = ("lmdb", "leveldb")

_log = named_logger(__name__)

_NAMES = {"lmdb": "an LMDB", "leveldb": "a LevelDB"}
_LONGEST_KEY = {"lmdb": 511, "leveldb": LONGEST_KEY - 8}
_NO_ROOM = 2**20  # bytes; less than this is a full disk


class Store(Protocol):
    """What writes the files of a database; what it raises is OSError or an lmdb.Error."""

    def put(self, key: bytes, value: bytes) -> None:
        """Append a record, whose key is larger than those before."""

    def finish(self) -> None:
        """See to it that all is on the disk."""

    def close(self) -> None:
        """Let go of files."""


_STORES: dict[Backend, Callable[[Path], Store]] = {"lmdb": LmdbWriter, "leveldb": LevelDbWriter}


class Database:
    """A database that is being written.

    count  records so far
    """

    def __init__(self, store: Store, path: Path, backend: Backend) -> None:
        self._store, self._path = store, path
        self._longest_key = _LONGEST_KEY[backend]
        self._last: bytes | None = None
        self.count = 0

    def put(self, key: bytes, value: bytes) -> None:
        """Append a record; keys come in ascending order, as the tools' numbers make them.

        Raises DataError for another key, and where the disk is full or cannot be written to.
        """
        self._check(key)
        with _explained(self._path):
            self._store.put(key, value)
        self._last = key
        self.count += 1

    def put_datum(self, key: bytes, datum: Datum) -> None:
        """`put` for a Datum."""
        self.put(key, datum.SerializeToString())

    def _check(self, key: bytes) -> None:
        if not 0 < len(key) <= self._longest_key:
            raise DataError(
                explain(
                    f"{shown(self._path)}: a key that the database cannot take",
                    expected=f"1 to {self._longest_key} bytes",
                    got=f"{len(key)} bytes: {key[:40]!r}",
                    fix="shorter paths, or the other backend, leveldb"
                    if self._longest_key < len(key) <= _LONGEST_KEY["leveldb"]
                    else None,
                )
            )
        if self._last is not None and key <= self._last:
            raise DataError(
                explain(
                    f"{shown(self._path)}: records are written in the order of their keys",
                    expected=f"a key behind {self._last!r}",
                    got=repr(key),
                    fix="begin keys with numbers of the same width: 00000000, 00000001",
                )
            )


@contextmanager
def new_database(
    path: Path, backend: Backend = "lmdb", *, overwrite: bool = False, is_told: bool = True
) -> Iterator[Database]:
    """A new database; it has its name when the block has ended without an error.

    With `overwrite`, a database of that kind and name is replaced; nothing else ever is. Raises
    DataError where the name is taken, the disk is full or the folder cannot be written to.
    """
    with new_databases([path], backend, overwrite=overwrite, is_told=is_told) as (database,):
        yield database


@contextmanager
def new_databases(
    paths: Sequence[Path],
    backend: Backend = "lmdb",
    *,
    overwrite: bool = False,
    is_told: bool = True,
) -> Iterator[list[Database]]:
    """Several that belong together: none has its name before all are complete.

    is_told  whether the log says that they were opened, as Caffe's tools have it
    """
    paths = [Path(path) for path in paths]
    check_free(paths, backend, overwrite=overwrite)
    with ExitStack() as stack:
        folders = [stack.enter_context(_staged(path)) / path.name for path in paths]
        with ExitStack() as open_stores:
            stores: list[Store] = []
            for path, folder in zip(paths, folders, strict=True):
                with _explained(path):
                    stores.append(open_stores.enter_context(closing(_STORES[backend](folder))))
                if is_told:
                    _log.info("Opened %s %s", backend, path)
            yield [Database(*each, backend) for each in zip(stores, paths, strict=True)]
            for path, store in zip(paths, stores, strict=True):
                with _explained(path):
                    store.finish()
        for path in paths:  # what has come there meanwhile is not replaced either
            _refuse_to_overwrite(path, backend, overwrite)
        for path, folder in zip(paths, folders, strict=True):
            with _explained(path):
                put_in_place(folder, path)


def check_free(paths: Iterable[Path], backend: Backend, *, overwrite: bool = False) -> None:
    """Whether the paths are free, once what dead runs have left is out of the way.

    Raises DataError where one is not, nor is a database that may be replaced.
    """
    known: set[Path] = set()
    for path in paths:
        tidy(path.parent, path.name)
        _refuse_to_overwrite(path, backend, overwrite)
        if path in known:
            raise DataError(explain(f"{shown(path)}: two databases of one name"))
        known.add(path)


def check_place(paths: Sequence[Path], backend: Backend, *, overwrite: bool = False) -> None:
    """Find out before long work whether databases may be written there. Raises DataError."""
    check_free(paths, backend, overwrite=overwrite)
    for path in paths:
        above = absolute(path, DataError).parents
        there = next(folder for folder in above if os.path.lexists(folder))
        with _explained(path), staging(there, path.name):
            pass


def _refuse_to_overwrite(path: Path, backend: Backend, overwrite: bool) -> None:
    if not os.path.lexists(path):
        return
    name = _NAMES[backend]
    is_store = _is_store(path, backend)
    if is_store and overwrite:
        return
    raise DataError(
        explain(
            f"{shown(path)} exists already",
            expected="a name that is free",
            got=f"{name} store" if is_store else f"something that is not {name} store",
            fix="use it as it is, or remove it; where a command has `--overwrite`, overwrite=True "
            "in Python, that replaces it"
            if is_store
            else "choose another name",
        )
    )


def _is_store(path: Path, backend: Backend) -> bool:
    """Whether a folder holds a database and nothing else."""
    try:
        names = {entry.name for entry in path.iterdir()}
    except OSError:
        return False
    if backend == "lmdb":
        return "data.mdb" in names and names <= {"data.mdb", "lock.mdb"}
    ours = {"CURRENT", "LOCK", "LOG", "LOG.old"}
    return "CURRENT" in names and all(
        name in ours
        or name.startswith("MANIFEST-")
        or Path(name).suffix in (".ldb", ".sst", ".log")
        for name in names
    )


@contextmanager
def _staged(path: Path) -> Iterator[Path]:
    """A folder to write in, beside the result; gone afterwards, whatever happened."""
    with ExitStack() as stack:
        with _explained(path):
            folder = stack.enter_context(staging(path.parent, path.name))
        yield folder


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What the system or LMDB refuses, explained here, while the disk is still full."""
    import lmdb

    try:
        yield
    except lmdb.Error as error:
        # a disk that fills up in the middle of a write is an input/output error to LMDB
        full = isinstance(error, lmdb.DiskError) or _free(path.parent) < _NO_ROOM
        raise _write_error(path.parent, error, full) from error
    except OSError as error:
        raise _write_error(path.parent, error, error.errno == errno.ENOSPC) from error


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _write_error(parent: Path, error: Exception, full: bool) -> DataError:
    return DataError(
        explain(
            f"cannot write a store in {shown(parent)}" + (": the disk is full" if full else ""),
            got=error,
            fix="make room on that disk, or name a folder on another" if full else None,
        )
    )

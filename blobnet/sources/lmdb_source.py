"""Records from the folders that Caffe's tools write: LMDB, read in the order of the keys."""

from __future__ import annotations

import logging
from os import PathLike
from pathlib import Path

from google.protobuf.message import DecodeError

from blobnet.errors import DataError, explain, path_hint
from blobnet.proto import Datum
from blobnet.sources.lmdb_file import LmdbFile
from blobnet.sources.source import Record, RecordSource, State

_log = logging.getLogger(__name__)


class LmdbSource(RecordSource):
    """The Datum records of an LMDB folder; nothing is ever written there.

    Raises DataError where the folder is missing, broken or empty, or where a record is no Datum.
    Caffe: db_lmdb.cpp.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self.name = str(folder)
        self._file = LmdbFile(_data_file(Path(folder)))
        try:
            self._begin()
        except DataError:
            self.close()
            raise

    def read(self) -> Record:
        key_bytes, value = self._file.record()
        key = key_bytes.decode("ascii", "backslashreplace")
        try:
            datum = Datum.FromString(value)
        except DecodeError as error:
            raise DataError(
                explain(
                    f'{self.name}, record "{key}": not a Datum',
                    got=error,
                    fix="the Data layer reads databases that convert_imageset and its kin write",
                )
            ) from error
        self._advance()
        return Record(key, datum)

    def skip(self, count: int) -> None:
        for _ in range(count % self._file.entries):
            self._advance()

    def get_state(self) -> State:
        return {"key": self._file.key().decode("latin-1")}  # any byte has its letter there

    def set_state(self, state: State) -> None:
        if not self._file.seek(state["key"].encode("latin-1")):
            raise DataError(
                explain(
                    f"{self.name}: reading cannot go on where it was",
                    expected=f'a record "{state["key"]}"',
                    got=f"{self._file.entries} others",
                    fix="resume with the database of that training; to go on with another one, "
                    "start from the weights",
                )
            )

    def close(self) -> None:
        self._file.close()

    def _begin(self) -> None:
        if not self._file.entries:
            raise DataError(
                explain(f"{self.name}: the database is empty", expected="at least one record")
            )
        self._file.first()

    def _advance(self) -> None:
        if not self._file.advance():
            _log.debug("%s: Restarting data prefetching from start.", self.name)
            self._begin()


def _data_file(folder: Path) -> Path:
    """The file to read in an LMDB folder. Raises DataError, with what may be the matter."""
    file = folder / "data.mdb"
    if file.is_file():
        return file
    fix = path_hint()
    if (folder / "CURRENT").is_file():
        got, fix = "a LevelDB", "convert it to LMDB, or set the backend to what it is"
    elif folder.is_dir():
        got = "a folder without it"
    elif folder.exists():
        got, fix = "a file", "name the folder that holds data.mdb and lock.mdb"
    else:
        got = "no such folder"
        if "mnist" in folder.name.lower():
            fix = f"`blobnet dataset mnist` makes it; {fix}"
    raise DataError(
        explain(f"{folder}: no LMDB", expected="a folder with a data.mdb", got=got, fix=fix)
    )

"""Records from the folders that Caffe's tools write: LMDB, read in the order of the keys."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from blobnet.errors import DataError, explain
from blobnet.input_files import check_file, hint, is_file, is_folder, shown, status
from blobnet.proto import AnnotatedDatum, Datum
from blobnet.sources.database_source import DatabaseSource
from blobnet.sources.lmdb_file import LmdbFile


class LmdbSource(DatabaseSource):
    """The records of an LMDB folder.

    Raises DataError where the folder is missing or holds none. Caffe: db_lmdb.cpp.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        read: Callable[[bytes], Datum | AnnotatedDatum] = Datum.FromString,
    ) -> None:
        super().__init__(str(folder), LmdbFile(_data_file(Path(folder))), read)


def _data_file(folder: Path) -> Path:
    """The file to read in an LMDB folder. Raises DataError, with what may be the matter."""
    file = folder / "data.mdb"
    if status(file) is not None:
        check_file(file, DataError)
        return file
    fix = hint(folder)
    if is_file(folder / "CURRENT"):
        got, fix = "a LevelDB", "write `backend: LEVELDB`"
    elif is_folder(folder):
        got = "a folder without it"
    elif status(folder) is not None:
        got, fix = "a file", "name the folder that holds data.mdb and lock.mdb"
    else:
        got = "no such folder"
        if "mnist" in folder.name.lower():
            fix = f"`blobnet dataset mnist` makes it; {fix}"
    raise DataError(
        explain(f"{shown(folder)}: no LMDB", expected="a folder with a data.mdb", got=got, fix=fix)
    )

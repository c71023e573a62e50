"""Records from the folders that Caffe's tools write: LevelDB, read in the order of the keys."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from blobnet.errors import DataError, explain
from blobnet.input_files import check_file, hint, is_file, is_folder, shown, status
from blobnet.proto import AnnotatedDatum, Datum
from blobnet.sources.database_source import DatabaseSource
from blobnet.sources.leveldb_file import LevelDbFile


class LevelDbSource(DatabaseSource):
    """The records of a LevelDB folder.

    Needs the extra `leveldb` where blocks are compressed. Raises DataError where the folder is
    missing or holds none. Caffe: db_leveldb.cpp.
    """

    def __init__(
        self,
        folder: str | PathLike[str],
        read: Callable[[bytes], Datum | AnnotatedDatum] = Datum.FromString,
    ) -> None:
        _check(Path(folder))
        super().__init__(str(folder), LevelDbFile(Path(folder)), read)


def _check(folder: Path) -> None:
    """Raise DataError where the folder holds no LevelDB, with what may be the matter."""
    if status(folder / "CURRENT") is not None:
        check_file(folder / "CURRENT", DataError)
        return
    fix = hint(folder)
    if is_file(folder / "data.mdb"):
        got = "an LMDB"
        fix = "write `backend: LMDB`; where no backend is stated, it is LEVELDB"
    elif is_folder(folder):
        got = "a folder without it"
    elif status(folder) is not None:
        got, fix = "a file", "name the folder that holds CURRENT and the .ldb files"
    else:
        got = "no such folder"
    raise DataError(
        explain(
            f"{shown(folder)}: no LevelDB", expected="a folder with a CURRENT", got=got, fix=fix
        )
    )

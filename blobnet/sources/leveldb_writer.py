"""A new LevelDB, written without LevelDB, as the library leaves one behind that it closed.

Records come in the order of their keys, so each table is whole when it is full, and all of them
stand in the last level: the library finds nothing to move there when it goes on writing. The
manifest and CURRENT come last; before that the folder is no LevelDB. LevelDB: doc/impl.md.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from blobnet.sources.leveldb_format import with_size, written_varint
from blobnet.sources.leveldb_log import log_bytes
from blobnet.sources.leveldb_table_writer import TableWriter, WrittenTable

TABLE_SIZE = 32 * 2**20
"""Bytes in a table, from which on the next one is begun."""

_ORDER = b"leveldb.BytewiseComparator"
_LAST_LEVEL = 6
_MANIFEST, _LOG, _FIRST_TABLE = 2, 3, 4  # numbers of files; the first manifest has 1 in LevelDB
_BUFFER = 2**20


class LevelDbWriter:
    """Writes records into a folder, which it makes; takes the memory of a block.

    Whatever is called may raise OSError. Only a folder that `finish` has gone through is a LevelDB.
    """

    def __init__(self, folder: Path, table_size: int = TABLE_SIZE) -> None:
        folder.mkdir()
        self._folder, self._table_size = folder, table_size
        self._sequence = 0
        self._tables: list[WrittenTable] = []
        self._file: BinaryIO | None = None
        self._table: TableWriter | None = None

    def put(self, key: bytes, value: bytes) -> None:
        """Append a record, whose key is larger than those before."""
        if self._table is None:
            self._begin_table()
        self._sequence += 1
        if self._table is not None:
            self._table.add(key, self._sequence, value)
            if self._table.size >= self._table_size:
                self._end_table()

    def finish(self) -> None:
        """Write what makes it a database, and see to it that all is on the disk."""
        self._end_table()
        manifest = f"MANIFEST-{_MANIFEST:06d}"
        self._write_file(f"{_LOG:06d}.log", b"")
        self._write_file("LOCK", b"")
        self._write_file(manifest, log_bytes([self._change()]))
        self._write_file("CURRENT", f"{manifest}\n".encode())

    def close(self) -> None:
        """Let go of files, whatever state they are in.

        What is not on the disk yet belongs to a table that has failed, and said so.
        """
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None

    def _begin_table(self) -> None:
        number = _FIRST_TABLE + len(self._tables)
        path = self._folder / f"{number:06d}.ldb"
        self._file = open(path, "xb", buffering=_BUFFER)  # noqa: SIM115 - until the table ends
        self._table = TableWriter(self._file)

    def _end_table(self) -> None:
        if self._table is None or self._file is None:
            return
        self._tables.append(self._table.finish())
        self._table = None
        self._file.flush()
        os.fsync(self._file.fileno())
        self.close()

    def _change(self) -> bytes:
        """From nothing to these tables, as one record of a manifest."""
        numbers = (
            (2, _LOG),
            (9, 0),  # the log before
            (3, _FIRST_TABLE + len(self._tables)),  # the next file
            (4, self._sequence),
        )
        change = [b"\1" + with_size(_ORDER)]
        change += (written_varint(kind) + written_varint(number) for kind, number in numbers)
        for number, table in enumerate(self._tables, _FIRST_TABLE):
            head = b"".join(map(written_varint, (7, _LAST_LEVEL, number, table.size)))
            change.append(head + with_size(table.smallest) + with_size(table.largest))
        return b"".join(change)

    def _write_file(self, name: str, content: bytes) -> None:
        with open(self._folder / name, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

"""A LevelDB folder, read without LevelDB: the library would write there, and trusts what it reads.

Records stand in tables of several levels and in the logs of what was written last, each sorted by
key. Merged, they are the database: of a key's writes the one with the highest sequence number
counts, and it may say that there is no such key any more. LevelDB: doc/impl.md, dbformat.h.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.input_files import check_file, shown, status
from blobnet.sources.leveldb_format import damaged
from blobnet.sources.leveldb_manifest import Table, log_paths, read_manifest, table_path
from blobnet.sources.leveldb_memtable import Memtable, Write
from blobnet.sources.leveldb_table import Handle, TableFile
from blobnet.sources.random_access import RandomAccessFile
from blobnet.sources.source import RecordIndex

_DELETION, _VALUE = 0, 1  # the lowest byte of a tag
_MOST_OPEN_FILES = 16
_NUMBER_BITS = 32  # of a record's place: its number in the block
_MEMTABLE = Handle(0, 0)  # stands for a block where a record is in no table


class _Entry(NamedTuple):
    """A write of a key; sorted by key, the newest first."""

    key: bytes
    minus_tag: int
    run: int
    value: bytes | Write
    table: int
    block: Handle
    number: int


class LevelDbFile:
    """The records of a LevelDB folder, in the order of their keys, and a cursor among them.

    Takes no lock, and as little memory as a block of each level, and the keys in the logs. Raises
    DataError, on opening where the folder is no whole LevelDB, later where a block is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manifest = read_manifest(folder)
        self._sizes = {table.number: table.size for table in self._manifest.tables()}
        self._check_sizes()
        self._open_files: dict[int, RandomAccessFile] = {}  # the one used last is the last
        self._memtable = Memtable(log_paths(folder, self._manifest))
        self._entries: Iterator[_Entry] = iter(())
        self._entry: _Entry | None = None
        self._reached: dict[int, int] = {}  # by table, the byte where the cursor has come to

    def close(self) -> None:
        self._entries = iter(())
        self._memtable.close()
        while self._open_files:
            self._open_files.popitem()[1].close()

    # --- the cursor ---------------------------------------------------------------------------

    def first(self) -> bool:
        """Put the cursor on the first record; False, and it is nowhere, if there is none."""
        self._entries, self._reached = self._from(b""), {}
        return self.advance()

    def seek(self, key: bytes) -> bool:
        """Put the cursor on the record of that key; False, and it is nowhere, if there is none."""
        self._entries = self._from(key)
        return self.advance() and self.key() == key

    def advance(self) -> bool:
        """Move the cursor on by one record; False, and it is nowhere, if that was the last."""
        self._entry = next(self._entries, None)
        if self._entry is None:
            return False
        self._reached[self._entry.table] = self._entry.block.offset
        return True

    def share_passed(self) -> float:
        """How much of the tables the cursor has gone through since the first record: 0 to 1."""
        return min(sum(self._reached.values()) / max(sum(self._sizes.values()), 1), 1)

    def key(self) -> bytes:
        """The key at the cursor."""
        return self._at_cursor().key

    def record(self) -> tuple[bytes, bytes]:
        """Key and value at the cursor."""
        entry = self._at_cursor()
        value = entry.value
        return entry.key, value if isinstance(value, bytes) else self._memtable.value(value)

    # --- any order ----------------------------------------------------------------------------

    def index(self) -> RecordIndex:
        """Where every record stands: its block, and its number there. Reads the whole database."""
        places, blocks = array("Q"), array("Q")
        known: dict[int, tuple[Handle, int]] = {}  # by table: the block met last, and its number
        for entry in self._from(b""):
            block, number = known.get(entry.table, (None, 0))
            if block != entry.block:
                number = len(blocks) // 3
                blocks.extend((entry.table, *entry.block))
                known[entry.table] = entry.block, number
            places.append(number << _NUMBER_BITS | entry.number)
        return RecordIndex(np.array(places, np.uint64), np.array(blocks, np.uint64).reshape(-1, 3))

    def record_at(self, index: RecordIndex, number: int) -> tuple[bytes, bytes]:
        """Key and value of a record; the cursor stays."""
        block, in_block = divmod(int(index.places[number]), 1 << _NUMBER_BITS)
        table, offset, size = index.blocks[block].tolist()
        if Handle(offset, size) == _MEMTABLE:
            return self._memtable.entry(in_block)
        return self._table(table).entry(Handle(offset, size), in_block)

    # --- merging ------------------------------------------------------------------------------

    def _from(self, start: bytes) -> Iterator[_Entry]:
        """The records whose keys are `start` or come behind it."""
        runs: list[Iterator[_Entry]] = [self._entries_of_memtable(start)]
        for run, tables in enumerate(self._manifest.sorted_runs(), 1):
            runs.append(self._entries_of_run(run, tables, start))
        last: bytes | None = None
        for entry in heapq.merge(*runs):
            if entry.key == last:
                continue  # an older write
            if last is not None and entry.key < last:
                raise damaged(self._folder, f"keys out of order: {last!r}, {entry.key!r}")
            last = entry.key
            kind = -entry.minus_tag & 0xFF
            if kind not in (_DELETION, _VALUE):
                raise damaged(self._folder, f"a write of kind {kind}")
            if kind == _VALUE:
                yield entry

    def _entries_of_memtable(self, start: bytes) -> Iterator[_Entry]:
        for key, write, number in self._memtable.entries(start):
            yield _Entry(key, -write.tag, 0, write, 0, _MEMTABLE, number)

    def _entries_of_run(self, run: int, tables: list[Table], start: bytes) -> Iterator[_Entry]:
        for table in tables:
            if table.largest >= start:
                for key, tag, value, block, number in self._table(table.number).entries(start):
                    yield _Entry(key, -tag, run, value, table.number, block, number)

    def _at_cursor(self) -> _Entry:
        if self._entry is None:
            raise IndexError("the cursor is nowhere")
        return self._entry

    # --- files --------------------------------------------------------------------------------

    def _check_sizes(self) -> None:
        """Whether all tables are there."""
        for number, size in self._sizes.items():
            path = table_path(self._folder, number)
            found = status(path)
            got = None if found is None else check_file(path, DataError)
            if got is None or got < size:
                raise DataError(
                    explain(
                        f"{shown(path)}: the file is {'missing' if got is None else 'cut short'}",
                        expected=f"{size} bytes",
                        got=None if got is None else f"{got} bytes",
                        fix="copy or make the database again",
                    )
                )

    def _table(self, number: int) -> TableFile:
        return TableFile(
            table_path(self._folder, number), self._sizes[number], partial(self._read, number)
        )

    def _read(self, number: int, start: int, size: int) -> bytes:
        """Some bytes of a table; of those used last, the files stay open."""
        file = self._open_files.pop(number, None)
        if file is None:
            file = RandomAccessFile(table_path(self._folder, number))
            if len(self._open_files) == _MOST_OPEN_FILES:
                oldest = next(iter(self._open_files))
                self._open_files.pop(oldest).close()
        self._open_files[number] = file
        return file.read(start, size)

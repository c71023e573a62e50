"""The log files of a LevelDB: what was written last, and which files the database consists of.

A file is a row of blocks of 32 KiB. A record that does not fit into the rest of a block goes on in
the next ones, in fragments, each with a header of its own. LevelDB: log_format.h, log_reader.cc.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.limits import check_bytes
from blobnet.sources.leveldb_format import damaged, masked_crc
from blobnet.sources.random_access import RandomAccessFile

_BLOCK = 32768
_HEADER = Struct("<IHB")  # checksum of what follows after the length, length, kind
_ROOM = _BLOCK - _HEADER.size
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_BEGINNING, _ENDING = (_FULL, _FIRST), (_FULL, _LAST)


class LogRecord(NamedTuple):
    """A record's place: the header of its first fragment, and the bytes in all fragments."""

    header: int
    size: int


class _Fragment(NamedTuple):
    header: int
    size: int
    kind: int

    @property
    def end(self) -> int:
        return self.header + _HEADER.size + self.size


class LogFile:
    """The records of a log file, every byte of which is checked. Raises DataError on damage."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = RandomAccessFile(path)

    @property
    def size(self) -> int:
        return self._file.size

    def close(self) -> None:
        self._file.close()

    def records(self) -> Iterator[LogRecord]:
        """All records in their order, which is that of writing."""
        begun: LogRecord | None = None
        end = 0  # of the fragment before
        for fragment in self._fragments():
            if (begun is None) != (fragment.kind in _BEGINNING):
                raise damaged(self.path, f"a fragment out of place at byte {fragment.header}")
            if begun is None:
                begun = LogRecord(fragment.header, fragment.size)
            else:
                if fragment.header != end or end % _BLOCK:
                    raise damaged(self.path, f"a gap within a record at byte {end}")
                begun = LogRecord(begun.header, begun.size + fragment.size)
            end = fragment.end
            if fragment.kind in _ENDING:
                yield begun
                begun = None
        if begun is not None:
            raise self._cut_short()

    def read(self, record: LogRecord, start: int, size: int) -> bytes:
        """`size` bytes of a record, from its byte `start` on; fewer only where it ends."""
        size = min(size, record.size - start)
        check_bytes(size, f"{shown(self.path)}, a record,", DataError)
        pieces = []
        offset = record.header % _BLOCK
        blocks, at = divmod(offset + start, _ROOM)  # every block has as much room for data
        block = record.header - offset + blocks * _BLOCK
        while size > 0:
            piece = self._file.read(block + _HEADER.size + at, min(size, _ROOM - at))
            if not piece:
                raise self._cut_short()
            pieces.append(piece)
            size -= len(piece)
            block, at = block + _BLOCK, 0
        return b"".join(pieces)

    def _fragments(self) -> Iterator[_Fragment]:
        """All fragments, after a look at their checksums."""
        for start in range(0, self._file.size, _BLOCK):
            block = self._file.read(start, _BLOCK)
            at = 0
            while at + _HEADER.size <= _BLOCK and at < len(block):  # else zeros fill the block
                if at + _HEADER.size > len(block):
                    raise self._cut_short()
                checksum, size, kind = _HEADER.unpack_from(block, at)
                if kind == size == checksum == 0:
                    break  # room that was taken and never used
                end = at + _HEADER.size + size
                if end > _BLOCK or not _FULL <= kind <= _LAST:
                    raise damaged(self.path, f"no record at byte {start + at}")
                if end > len(block):
                    raise self._cut_short()
                if masked_crc(memoryview(block)[at + _HEADER.size - 1 : end]) != checksum:
                    raise damaged(self.path, f"a wrong checksum at byte {start + at}")
                yield _Fragment(start + at, size, kind)
                at = end

    def _cut_short(self) -> DataError:
        return DataError(
            explain(
                f"{self.path}: the file is cut short",
                expected="whole records",
                got=f"a record that is not at its end when the file is, {self._file.size} bytes",
                fix="copy or make the database again; if its writer was interrupted, opening it "
                "once with LevelDB itself drops the record",
            )
        )


def log_bytes(records: Iterable[bytes]) -> bytes:
    """A log file of these records, as `LogFile` reads it."""
    out = bytearray()
    for record in records:
        first, rest = True, memoryview(record)
        while first or rest:
            room = _BLOCK - len(out) % _BLOCK
            if room < _HEADER.size:
                out += bytes(room)
                continue
            piece, rest = rest[: room - _HEADER.size], rest[room - _HEADER.size :]
            kind = (_FULL if first else _LAST) if not rest else _FIRST if first else _MIDDLE
            checksum = masked_crc(bytes([kind]) + piece)
            out += _HEADER.pack(checksum, len(piece), kind) + piece
            first = False
    return bytes(out)

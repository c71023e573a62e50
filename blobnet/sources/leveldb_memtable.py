"""What a LevelDB has in no table yet: the writes in its logs, sorted by key.

Values stay in the files until they are asked for. LevelDB: write_batch.cc, memtable.cc.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from blobnet.errors import DataError
from blobnet.input_files import shown
from blobnet.limits import check_bytes
from blobnet.sources.leveldb_format import LONGEST_KEY, damaged, read_bytes, read_varint
from blobnet.sources.leveldb_log import LogFile, LogRecord

_BATCH_HEADER = Struct("<QI")  # sequence number of the first write, number of writes
_WINDOW = LONGEST_KEY + 32  # bytes; a write's kind, key, and the value's length fit into it
_DELETION, _VALUE = 0, 1
_PER_WRITE = 1024  # bytes of memory, and some 10 microseconds


class Write(NamedTuple):
    """What became of a key: a value, which begins at `start` in a record of a log, or nothing."""

    tag: int  # sequence number and kind, as in a table
    log: int
    record: LogRecord
    start: int
    size: int


class Memtable:
    """The last write of every key in some logs. Raises DataError where a log is damaged."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._logs: list[LogFile] = []
        self._writes: dict[bytes, Write] = {}
        self._count = 0  # of all writes, those too that newer ones have replaced
        try:
            for number, path in enumerate(paths):
                self._logs.append(LogFile(path))
                self._replay(number)
        except BaseException:
            self.close()
            raise
        self._keys = sorted(self._writes)

    def close(self) -> None:
        for log in self._logs:
            log.close()

    def entries(self, start: bytes) -> Iterator[tuple[bytes, Write, int]]:
        """Keys from `start` on, the last write of each, and its number for `entry`."""
        for number in range(bisect_left(self._keys, start), len(self._keys)):
            yield self._keys[number], self._writes[self._keys[number]], number

    def entry(self, number: int) -> tuple[bytes, bytes]:
        """The key of that number, and its value."""
        key = self._keys[number]
        return key, self.value(self._writes[key])

    def value(self, write: Write) -> bytes:
        return self._logs[write.log].read(write.record, write.start, write.size)

    def _replay(self, number: int) -> None:
        log = self._logs[number]
        for record in log.records():
            try:
                self._replay_batch(number, record)
            except (IndexError, ValueError) as error:
                raise damaged(log.path, f"{error}, in the writes at {record.header}") from error

    def _replay_batch(self, number: int, record: LogRecord) -> None:
        """Take over a batch of writes. Raises IndexError or ValueError where it is none."""
        log = self._logs[number]
        header = log.read(record, 0, _BATCH_HEADER.size)
        if len(header) < _BATCH_HEADER.size:
            raise ValueError("no room for a batch")
        sequence, count = _BATCH_HEADER.unpack(header)
        at = _BATCH_HEADER.size
        self._count += min(count, record.size // 2)  # a write takes two bytes
        check_bytes(
            _PER_WRITE * self._count,
            f"{shown(log.path)}, with over {self._count} writes,",
            DataError,
            stored=log.size,
        )
        for tag in range(sequence << 8, (sequence + count) << 8, 1 << 8):
            window = log.read(record, at, _WINDOW)
            kind = window[0]
            if kind not in (_DELETION, _VALUE):
                raise ValueError(f"a write of kind {kind}")
            key, end = read_bytes(window, 1)
            if len(key) > LONGEST_KEY:
                raise ValueError(f"a key of {len(key)} bytes")
            size, end = read_varint(window, end) if kind == _VALUE else (0, end)
            at += end + size
            if at > record.size:
                raise IndexError("a value that leaves the record")
            write = Write(tag | kind, number, record, at - size, size)
            if key not in self._writes or self._writes[key].tag <= write.tag:
                self._writes[key] = write
        if at != record.size:
            raise ValueError("bytes behind the last write")

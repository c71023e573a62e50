"""A table file of a LevelDB, written front to back: see `leveldb_table` for its form.

LevelDB: table_builder.cc, block_builder.cc.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from struct import Struct, pack
from typing import BinaryIO, NamedTuple

from blobnet.errors import MissingExtraError
from blobnet.extras import import_extra
from blobnet.sources.leveldb_format import masked_crc, written_varint

_BLOCK_SIZE = 65536  # bytes from which on a block is full: that of Caffe's tools
_INTERVAL = 16  # records, of which the first repeats nothing of the key before
_FOOTER_HANDLES = 40  # bytes
_MAGIC = bytes.fromhex("57fb808b247547db")
_TAG = Struct("<Q")
_VALUE = 1  # the kind of a write that sets a value
_RAW, _SNAPPY = 0, 1
_BLOCK_END = Struct("<BI")

Compress = Callable[[bytes], bytes]


class WrittenTable(NamedTuple):
    """What the manifest says of a table; keys with their tags."""

    size: int
    smallest: bytes
    largest: bytes


class TableWriter:
    """Records in a table, one after the other; one block of them is in memory.

    file  where the table goes, from its place on; stays open
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._block, self._index = _Block(_INTERVAL), _Block(1)
        self._smallest = b""
        self.size = 0
        """Bytes that stand in the file so far."""

    def add(self, key: bytes, sequence: int, value: bytes) -> None:
        """Append a record, whose key is larger than those before. Raises OSError."""
        tagged = key + _TAG.pack(sequence << 8 | _VALUE)
        self._smallest = self._smallest or tagged
        self._block.add(tagged, value)
        if self._block.size >= _BLOCK_SIZE:
            self._end_block()

    def finish(self) -> WrittenTable:
        """Write what is left, and the index. Raises OSError."""
        largest = self._block.last or self._index.last
        if self._block.last:
            self._end_block()
        filters = self._write(_Block(1).content())  # a directory of them: there are none
        index = self._write(self._index.content())
        footer = (filters + index).ljust(_FOOTER_HANDLES, b"\0") + _MAGIC
        self._file.write(footer)
        self.size += len(footer)
        return WrittenTable(self.size, self._smallest, largest)

    def _end_block(self) -> None:
        self._index.add(self._block.last, self._write(self._block.content()))
        self._block = _Block(_INTERVAL)

    def _write(self, content: bytes) -> bytes:
        """Append a block, as small as it gets; returns what leads to it."""
        kind, stored = _compressed(content)
        handle = written_varint(self.size) + written_varint(len(stored))
        end = bytes([kind])
        self._file.write(stored)
        self._file.write(_BLOCK_END.pack(kind, masked_crc(stored + end)))
        self.size += len(stored) + _BLOCK_END.size
        return handle


class _Block:
    """Records of which each repeats as much as it can of the key before."""

    def __init__(self, interval: int) -> None:
        self._interval = interval
        self._pieces: list[bytes] = []
        self._restarts = [0]
        self._count = 0
        self.size = 0
        self.last = b""

    def add(self, key: bytes, value: bytes) -> None:
        if self._count and self._count % self._interval == 0:
            self._restarts.append(self.size)
            shared = 0
        else:
            shared = _shared(key, self.last)
        sizes = b"".join(map(written_varint, (shared, len(key) - shared, len(value))))
        self._pieces += (sizes, key[shared:], value)
        self.size += len(sizes) + len(key) - shared + len(value)
        self._count += 1
        self.last = key

    def content(self) -> bytes:
        count = len(self._restarts)
        return b"".join((*self._pieces, pack(f"<{count + 1}I", *self._restarts, count)))


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    for place, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return place
    return min(len(one), len(other))


def _compressed(content: bytes) -> tuple[int, bytes]:
    """A block by Snappy where that is there and worth it, as LevelDB decides."""
    compress = _snappy()
    if compress is not None:
        packed = compress(content)
        if len(packed) < len(content) - len(content) // 8:
            return _SNAPPY, packed
    return _RAW, content


@cache
def _snappy() -> Compress | None:
    """What compresses; None where the extra is not installed: plain blocks can be read by all."""
    try:
        cramjam = import_extra("cramjam", "leveldb", "compressing a LevelDB")
    except MissingExtraError:
        return None
    return lambda content: bytes(cramjam.snappy.compress_raw(content))

"""A table file of a LevelDB: records in blocks, an index of the blocks, and where the index is.

A key in a block repeats the beginning of the one before, so a block is read from its front. All
checksums are looked at, which LevelDB itself leaves out unless asked: it costs less than what is
done with a record anyway. LevelDB: table_format.md, format.cc, block.cc.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from struct import Struct, unpack_from
from typing import NamedTuple

from blobnet.errors import DataError, explain
from blobnet.extras import import_extra
from blobnet.input_files import shown
from blobnet.limits import allowed_bytes, check_bytes, enough_memory
from blobnet.sources.leveldb_format import LONGEST_KEY, damaged, masked_crc, read_varint

_FOOTER_SIZE, _MAGIC = 48, bytes.fromhex("57fb808b247547db")
_TRAILER = Struct("<BI")  # how the block is compressed, and its checksum
_TAG = Struct("<Q")  # sequence number and kind, at the end of every key
_RAW, _SNAPPY, _ZLIB, _DEFLATE = 0, 1, 2, 4  # of these, LevelDB itself writes the first two
_ZSTD = b"\x28\xb5\x2f\xfd"  # how it begins; some writers give it the number of zlib
_BEST_SNAPPY = 22  # times smaller: 3 bytes can stand for 64


class Handle(NamedTuple):
    """The place of a block."""

    offset: int
    size: int


class TableEntry(NamedTuple):
    """A record, and its place: the number that it has in a block."""

    key: bytes
    tag: int
    value: bytes
    block: Handle
    number: int


class TableFile:
    """The records of a table, in the order of their keys. Raises DataError on damage.

    size  of the file, as the manifest states it
    read  gives some bytes of it: from where, and how many; fewer only where it ends
    """

    def __init__(self, path: Path, size: int, read: Callable[[int, int], bytes]) -> None:
        self._path, self._size, self._read = path, size, read

    def entries(self, start: bytes = b"") -> Iterator[TableEntry]:
        """The records from the key `start` on, one block in memory at a time."""
        try:
            for last, place in block_entries(self._block(self._index())):
                if last[: -_TAG.size] >= start:
                    for entry in self._entries(_handle(place, 0)[0]):
                        if entry.key >= start:
                            yield entry
        except (IndexError, ValueError) as error:
            raise damaged(self._path, error) from error

    def entry(self, block: Handle, number: int) -> tuple[bytes, bytes]:
        """Key and value of the record of that number in a block."""
        try:
            for key, value in islice(block_entries(self._block(block)), number, None):
                return key[: -_TAG.size], value
        except (IndexError, ValueError) as error:
            raise damaged(self._path, error) from error
        raise damaged(self._path, f"no record {number} at byte {block.offset}")

    def _entries(self, block: Handle) -> Iterator[TableEntry]:
        """The records of a block. Raises IndexError or ValueError where it cannot be read."""
        for number, (key, value) in enumerate(block_entries(self._block(block))):
            if len(key) < _TAG.size:
                raise ValueError("a key without its sequence number")
            (tag,) = _TAG.unpack_from(key, len(key) - _TAG.size)
            yield TableEntry(key[: -_TAG.size], tag, value, block, number)

    def _index(self) -> Handle:
        """The place of the index, from the footer."""
        start = max(self._size - _FOOTER_SIZE, 0)
        footer = self._read(start, _FOOTER_SIZE)
        if len(footer) < _FOOTER_SIZE or not footer.endswith(_MAGIC):
            raise ValueError("not the end of a table")
        _, end = _handle(footer, 0)
        return _handle(footer, end)[0]

    def _block(self, block: Handle) -> bytes:
        """The content of a block."""
        who = f"{shown(self._path)}, the block at byte {block.offset},"
        with enough_memory(who, DataError):
            return self._content(block, who)

    def _content(self, block: Handle, who: str) -> bytes:
        if block.size + block.offset > self._size:
            raise ValueError(f"a block at byte {block.offset}, behind the end of the file")
        check_bytes(block.size, who, DataError)
        data = self._read(block.offset, block.size + _TRAILER.size)
        if len(data) < block.size + _TRAILER.size:
            raise ValueError(f"a block at byte {block.offset}, behind the end of the file")
        kind, checksum = _TRAILER.unpack_from(data, block.size)
        if masked_crc(memoryview(data)[: block.size + 1]) != checksum:
            raise ValueError(f"a wrong checksum of the block at byte {block.offset}")
        content = data[: block.size]
        if kind == _RAW:
            return content
        if kind == _SNAPPY:
            return _unpack_snappy(content, who)
        if kind in (_ZLIB, _DEFLATE) and content[:4] != _ZSTD:
            return _inflate(content, zlib.MAX_WBITS if kind == _ZLIB else -zlib.MAX_WBITS, who)
        raise DataError(
            explain(
                f"{self._path}: a block is compressed in a way that cannot be read",
                expected="Snappy, zlib, or no compression",
                got="Zstandard" if content[:4] == _ZSTD else f"kind {kind}",
                fix="make the database again with Caffe's tools",
            )
        )


def block_entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values in a block. Raises IndexError or ValueError where it cannot be read."""
    if len(block) < 4:
        raise ValueError("a block without its end")
    restarts = unpack_from("<I", block, len(block) - 4)[0]  # where a key repeats nothing
    end = len(block) - 4 - 4 * restarts
    if end < 0:
        raise ValueError("a block without its end")
    key, at = b"", 0
    while at < end:
        shared, unshared, size = block[at], block[at + 1], block[at + 2]
        if shared | unshared | size < 0x80:
            at += 3
        else:
            shared, at = read_varint(block, at)
            unshared, at = read_varint(block, at)
            size, at = read_varint(block, at)
        value = at + unshared
        if shared > len(key) or shared + unshared > LONGEST_KEY or value + size > end:
            raise ValueError("a record that leaves its block")
        key = key[:shared] + block[at:value]
        at = value + size
        yield key, block[value:at]


def _handle(data: bytes, at: int) -> tuple[Handle, int]:
    """The place of a block, and where it ends in the data."""
    offset, at = read_varint(data, at)
    size, at = read_varint(data, at)
    return Handle(offset, size), at


def _unpack_snappy(content: bytes, who: str) -> bytes:
    cramjam = import_extra("cramjam", "leveldb", "reading a compressed LevelDB")
    size, _ = read_varint(content, 0)
    if size > _BEST_SNAPPY * len(content):
        raise ValueError(f"{len(content)} bytes that claim to be {size}")
    check_bytes(size, who, DataError, stored=len(content))
    unpacked = bytearray(size)
    try:
        written = cramjam.snappy.decompress_raw_into(content, unpacked)
    except cramjam.DecompressionError as error:
        raise ValueError(str(error)) from error
    if written != size:
        raise ValueError(f"{written} bytes that claim to be {size}")
    return bytes(unpacked)


def _inflate(content: bytes, window_bits: int, who: str) -> bytes:
    inflater = zlib.decompressobj(window_bits)
    allowed = allowed_bytes(len(content))
    try:
        unpacked = inflater.decompress(content, allowed + 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    check_bytes(len(unpacked), who, DataError, stored=len(content))
    if not inflater.eof:
        raise ValueError("compressed data without their end")
    return unpacked

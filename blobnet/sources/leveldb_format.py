"""What all files of a LevelDB have in common: numbers of any length, checksums, a limit.

LevelDB: coding.cc, crc32c.h.
"""

from __future__ import annotations

from pathlib import Path

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.ops.crc32c import crc32c

LONGEST_KEY = 8192
"""Bytes; longer than any path. Keys repeat the one before, so longer ones could fill the memory."""


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends.

    Raises IndexError where the data end within it, and ValueError where it is too large.
    """
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if value >> 64 or shift > 70:
            raise ValueError("a number of more than 64 bits")
        if byte < 0x80:
            return value, at


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """Some bytes with their number in front, and where they end. Raises like `read_varint`."""
    size, at = read_varint(data, at)
    if at + size > len(data):
        raise IndexError("more bytes than there are")
    return data[at : at + size], at + size


def written_varint(number: int) -> bytes:
    """A number as `read_varint` reads it."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def with_size(data: bytes) -> bytes:
    """Bytes as `read_bytes` reads them."""
    return written_varint(len(data)) + data


def masked_crc(data: bytes | memoryview) -> int:
    """The checksum as LevelDB stores it: turned, so that it can stand in what is summed itself."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def damaged(path: Path, got: object) -> DataError:
    """The error for a file that does not hold what it should."""
    return DataError(
        explain(
            f"{shown(path)}: the file is damaged", got=got, fix="copy or make the database again"
        )
    )

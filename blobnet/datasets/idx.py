"""The idx format, in which MNIST is published: a header, then the raw values.

    byte 0, 1     zero
    byte 2        the type of the values; 0x08 is the unsigned byte, the only one read here
    byte 3        the rank: the number of dimensions
    then          one big-endian 32-bit length per dimension
    then          the values, the last dimension running fastest

A file is read in pieces and checked against its header as it comes, so neither a header that
promises too much nor a gzip file that unpacks to too much costs memory.
"""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from blobnet.datasets.unpacked import open_unpacked
from blobnet.errors import DataError, explain
from blobnet.input_files import check_file, shown
from blobnet.limits import check_bytes

UNSIGNED_BYTE = 0x08
_PIECE = 2**20
_FIX_FILE = "the file may be damaged: fetch it again"


def read_idx(path: Path, rank: int) -> NDArray[np.uint8]:
    """The unsigned bytes in an idx file of that rank, gzipped or not (the name does not matter).

    Raises DataError where the file is missing, is not such a file, or is shorter or longer than
    its header says.
    """
    try:
        with open_unpacked(path, "an idx file") as stream:
            shape = _read_header(stream, path, rank)
            _check_promise(path, shape)
            values = _read_values(stream, path, shape)
    except (OSError, EOFError, zlib.error, MemoryError) as error:
        got = "not enough memory" if isinstance(error, MemoryError) else error
        raise DataError(explain(f"cannot read {shown(path)}", got=got, fix=_FIX_FILE)) from error
    return np.frombuffer(values, np.uint8).reshape(shape)


def _read_header(stream: BinaryIO, path: Path, rank: int) -> tuple[int, ...]:
    """The shape that the header states, once it is found to be of the right type and rank."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[3] == 0:
        raise DataError(
            explain(
                f"{shown(path)} is not an idx file",
                expected=f"the first bytes 00 00 {UNSIGNED_BYTE:02x} {rank:02x}",
                got=magic.hex(" ") or "an empty file",
                fix="give one of the files of MNIST, gzipped or not",
            )
        )
    if magic[2] != UNSIGNED_BYTE:
        raise DataError(
            explain(
                f"{shown(path)}: values of another type",
                expected=f"unsigned bytes (type 0x{UNSIGNED_BYTE:02x})",
                got=f"type 0x{magic[2]:02x}",
            )
        )
    if magic[3] != rank:
        raise DataError(
            explain(
                f"{shown(path)}: another number of dimensions",
                expected=rank,
                got=magic[3],
                fix="MNIST's images have 3 dimensions and its labels 1: are the files swapped?",
            )
        )
    lengths = stream.read(4 * rank)
    if len(lengths) < 4 * rank:
        got = f"{4 + len(lengths)} bytes"
        raise _wrong_size(path, f"a header of {4 + 4 * rank} bytes", got)
    return tuple(int(length) for length in np.frombuffer(lengths, ">u4"))


def _check_promise(path: Path, shape: tuple[int, ...]) -> None:
    """Raise DataError where the header states no values, or more than a file may ask for."""
    size = math.prod(shape)  # Python's integers: no promise is large enough to wrap around
    if size == 0:
        stated = f"{' x '.join(map(str, shape))} values"
        raise DataError(
            explain(f"{shown(path)} is empty", expected="at least one value", got=stated)
        )
    stored = check_file(path, DataError)
    check_bytes(size, f"the header of {shown(path)}", DataError, stored=stored)


def _read_values(stream: BinaryIO, path: Path, shape: tuple[int, ...]) -> bytearray:
    """All values, read in pieces: memory grows with what is there, not with what is promised."""
    size = math.prod(shape)
    stated = f"{' x '.join(map(str, shape))} values"
    values = bytearray()
    while len(values) < size:
        piece = stream.read(min(_PIECE, size - len(values)))
        if not piece:
            raise _wrong_size(path, f"{stated}, {size:,} bytes", f"{len(values):,} bytes")
        values += piece
    if stream.read(1):
        raise _wrong_size(path, f"{stated}, {size:,} bytes", "more than that")
    return values


def _wrong_size(path: Path, expected: str, got: str) -> DataError:
    what = f"{shown(path)} does not hold what its header says"
    return DataError(explain(what, expected=expected, got=got, fix=_FIX_FILE))

"""Files that may be gzipped or not; what they are called does not matter."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path
from typing import Any, BinaryIO, cast

from blobnet.errors import DataError, explain
from blobnet.input_files import open_file, shown, status
from blobnet.limits import VARIABLE, allowed_bytes, in_words

_GZIP_MAGIC = b"\x1f\x8b"
_PIECE = 2**16


def open_unpacked(path: Path, kind: str) -> io.BufferedReader:
    """The unpacked bytes of a file; gzip is told by its first bytes.

    kind  what is expected there, for the DataError where it is not a file: "an idx file"

    Reading raises DataError where gzip unpacks to more than `limits` allows.
    """
    found = status(path)
    if found is None or not os.path.isfile(path):
        got = "nothing there" if found is None else "something that is not a file"
        raise DataError(explain(f"cannot read {shown(path)}", expected=kind, got=got))
    file = cast(io.BufferedReader, open_file(path, DataError, setting="cannot read"))
    try:
        packed = file.read(2) == _GZIP_MAGIC
        file.seek(0)
    except DataError:
        file.close()
        raise
    if not packed:
        return file
    return io.BufferedReader(_Unpacked(file, shown(path)), _PIECE)


def bytes_taken(stream: BinaryIO) -> int:
    """How much of the file itself, packed or not, has been read: at most its size."""
    raw = getattr(stream, "raw", None)
    return raw.packed.tell() if isinstance(raw, _Unpacked) else stream.tell()


class _Unpacked(io.RawIOBase):
    """What is in a gzip file, up to the number of bytes that it may unpack to."""

    def __init__(self, packed: BinaryIO, name: str) -> None:
        self.packed, self._name = packed, name
        self._stream = gzip.GzipFile(fileobj=packed, mode="rb")
        self._allowed = allowed_bytes(os.fstat(packed.fileno()).st_size)
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._stream.readinto(buffer)
        self._given += count
        if self._given > self._allowed:
            raise DataError(
                explain(
                    f"{self._name}: unpacks to too much",
                    expected=f"at most {in_words(self._allowed)}",
                    got="more than that",
                    fix=f"if the file is sound, raise {VARIABLE}, 4GiB for example",
                )
            )
        return count

    def close(self) -> None:
        super().close()
        self._stream.close()
        self.packed.close()

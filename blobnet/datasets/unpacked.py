"""Files that may be gzipped or not; what they are called does not matter."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import BinaryIO

from blobnet.errors import DataError, explain

_GZIP_MAGIC = b"\x1f\x8b"


def open_unpacked(path: Path, kind: str) -> BinaryIO:
    """The unpacked bytes of a file; gzip is told by its first bytes.

    kind  what is expected there, for the DataError where it is not a file: "an idx file"
    """
    if not path.is_file():
        got = "something that is not a file" if path.exists() else "nothing there"
        raise DataError(explain(f"cannot read {path}", expected=kind, got=got))
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP_MAGIC
    # GzipFile is a binary stream in all but name
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def bytes_taken(stream: BinaryIO) -> int:
    """How much of the file itself, packed or not, has been read: at most its size."""
    file: BinaryIO = getattr(stream, "fileobj", stream)  # a GzipFile holds the packed one
    return file.tell()

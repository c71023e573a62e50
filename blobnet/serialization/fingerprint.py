"""A few digits that tell one file's contents from another's."""

from __future__ import annotations

import zlib
from pathlib import Path

from blobnet.errors import SnapshotError, explain
from blobnet.input_files import open_file, shown

_PIECE = 2**20  # bytes, which stay in the processor's cache


def fingerprint(path: Path) -> str:
    """Length and CRC of a file: against mixed-up files, not against forgers, and so it is quick.

    Raises SnapshotError where the file cannot be read.
    """
    length, crc = 0, 0
    with open_file(path, SnapshotError) as file:
        try:
            while piece := file.read(_PIECE):
                length, crc = length + len(piece), zlib.crc32(piece, crc)
        except OSError as error:
            reason = error.strerror or error
            raise SnapshotError(explain(f"{shown(path)}: cannot be read", got=reason)) from error
    return f"{length}-{crc:08x}"

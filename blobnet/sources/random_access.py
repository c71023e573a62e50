"""A file of which any part can be read at any time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from blobnet.errors import DataError, explain
from blobnet.input_files import open_file, shown


class RandomAccessFile:
    """A file, opened for reading; a forked process that goes on with it gets one of its own.

    It is not mapped into memory: a file that shrinks under a mapping ends the whole process.
    Raises DataError where the file cannot be opened or read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file, self._process = self._open(), os.getpid()
        self.size = os.fstat(self._file.fileno()).st_size

    def read(self, start: int, size: int) -> bytes:
        """`size` bytes; fewer only where the file ends."""
        if self._process != os.getpid():  # a forked process would share the place in the file
            self._file.close()
            self._file, self._process = self._open(), os.getpid()
        if start >= self.size:
            return b""
        try:
            self._file.seek(start)
            data = self._file.read(size)
            while len(data) < size and (more := self._file.read(size - len(data))):
                data += more
        except (OSError, MemoryError) as error:
            raise self._unreadable(error) from error
        return data

    def close(self) -> None:
        self._file.close()

    def _open(self) -> BinaryIO:
        return open_file(self.path, DataError, buffering=0)

    def _unreadable(self, error: OSError | MemoryError) -> DataError:
        got = "not enough memory" if isinstance(error, MemoryError) else error.strerror or error
        return DataError(explain(f"{shown(self.path)}: cannot be read", got=got))

"""A file of which any part can be read at any time."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path

from blobnet.errors import DataError, explain


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
        except OSError as error:
            raise self._unreadable(error) from error
        return data

    def close(self) -> None:
        self._file.close()

    def _open(self) -> FileIO:
        try:
            return FileIO(self.path)
        except OSError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> DataError:
        return DataError(explain(f"{self.path}: cannot be read", got=error.strerror or error))

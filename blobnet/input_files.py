"""Opening what a setting or an argument names: regular files only, and errors that name them.

A path may come out of a file that somebody else wrote. It may lead to a pipe that never ends or to
a device, hold characters that no file system takes, be too long, or lie in a folder that nobody may
enter. Whoever opens a file for reading does it here; all that can go wrong is the caller's error.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from blobnet.characters import path_advice
from blobnet.errors import BlobnetError, explain, path_hint, printable, shortened
from blobnet.limits import check_bytes, in_words

AnyPath = str | PathLike[str]
Given = TypeVar("Given")

_LEAST = 2**20  # bytes that are tried of a file that says it has none: /proc does not tell


def status(path: AnyPath) -> os.stat_result | None:
    """`os.stat`, following links; None where there is nothing, or nothing that can be reached."""
    try:
        return os.stat(path)
    except (OSError, ValueError):  # ValueError: a NUL, or characters that have no encoding
        return None


def is_file(path: AnyPath) -> bool:
    """Whether a regular file is there; never raises."""
    found = status(path)
    return found is not None and stat.S_ISREG(found.st_mode)


def is_folder(path: AnyPath) -> bool:
    """Whether a folder is there; never raises."""
    found = status(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def absolute(path: AnyPath, error: type[BlobnetError]) -> Path:
    """The path from the root of the file system on, whatever becomes of the current folder.

    Raises `error` where that folder does not exist any more.
    """
    try:
        return Path(path).absolute()
    except OSError as reason:
        raise error(
            explain(f"{shown(path)}: cannot be found", got=reason.strerror, fix=path_hint())
        ) from reason


def check_file(
    path: AnyPath,
    error: type[BlobnetError],
    *,
    setting: str = "",
    largest: int | None = None,
    fix: str | None = None,
) -> int:
    """The size in bytes of the regular file at `path`.

    setting  who names the file, `mean_file` for example: stands before it in the error
    largest  bytes that the file may have
    fix      what to do where nothing is there; None: a word on where paths begin

    Raises `error` where there is none, where it is too large, a pipe, a device or a folder.
    """
    who = f"{setting} {shown(path)}".strip()
    try:
        found = os.stat(path)
    except (OSError, ValueError) as reason:
        raise error(_explain_refusal(who, path, reason, fix)) from reason
    if not stat.S_ISREG(found.st_mode):
        raise error(
            explain(f"{who}: cannot be read", expected="a regular file", got=kind_of(found.st_mode))
        )
    if largest is not None and found.st_size > largest:
        raise error(
            explain(
                f"{who}: too large to be what is wanted here",
                expected=f"at most {in_words(largest)}",
                got=in_words(found.st_size),
            )
        )
    return found.st_size


def open_file(
    path: AnyPath,
    error: type[BlobnetError],
    *,
    setting: str = "",
    largest: int | None = None,
    fix: str | None = None,
    buffering: int = -1,
) -> BinaryIO:
    """The file, opened for reading bytes: see `check_file` for the arguments and what is raised.

    buffering  as in Python's `open`; 0 for reading large pieces from anywhere

    What fails later, while it is read, is `error` too.
    """
    check_file(path, error, setting=setting, largest=largest, fix=fix)
    who = f"{setting} {shown(path)}".strip()
    try:
        file = _File(path, who, error)
    except (OSError, ValueError) as reason:
        raise error(_explain_refusal(who, path, reason, fix)) from reason
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # exchanged since it was checked
        file.close()
        raise error(explain(f"{who}: is no regular file any more"))
    if buffering == 0:
        return cast(BinaryIO, file)
    return io.BufferedReader(file, io.DEFAULT_BUFFER_SIZE if buffering < 0 else buffering)


class _File(io.FileIO):
    """A file open for reading; where the system refuses to go on, the error names it.

    Disks fail, and files that the system only shows (in /proc) may have nothing to give: Python
    would say None, and OSError.
    """

    def __init__(self, path: AnyPath, who: str, error: type[BlobnetError]) -> None:
        self._path, self._who, self._error = path, who, error
        super().__init__(os.fspath(path), "r", opener=_open_without_waiting)

    def readinto(self, buffer: Any) -> int:
        try:
            count: int | None = super().readinto(buffer)
        except OSError as reason:
            raise self._refuse(reason) from reason
        return self._given(count)

    def read(self, size: int | None = -1) -> bytes:
        try:
            data: bytes | None = super().read(-1 if size is None else size)
        except OSError as reason:
            raise self._refuse(reason) from reason
        return self._given(data)

    def readall(self) -> bytes:
        return self.read()

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        try:
            return super().seek(position, whence)
        except OSError as reason:
            raise self._refuse(reason) from reason

    def _given(self, what: Given | None) -> Given:
        if what is None:
            raise self._error(explain(f"{self._who}: gives nothing to read"))
        return what

    def _refuse(self, reason: OSError) -> BlobnetError:
        return self._error(_explain_refusal(self._who, self._path, reason))


def read_file(
    path: AnyPath,
    error: type[BlobnetError],
    *,
    setting: str = "",
    largest: int | None = None,
    fix: str | None = None,
) -> bytes:
    """All bytes of the file: see `check_file` for the arguments and what is raised.

    Holes, which take no room on the disk, count as a promise: see `limits`. What is added to the
    file meanwhile is left out: it may grow without an end.
    """
    who = f"{setting} {shown(path)}".strip()
    with open_file(path, error, setting=setting, largest=largest, fix=fix) as file:
        size = os.fstat(file.fileno()).st_size
        check_bytes(size, who, error, stored=stored_bytes(file.fileno()))
        try:
            return file.read(size or _LEAST)
        except MemoryError as reason:
            got = in_words(size)
            raise error(explain(f"{who}: not enough memory to read it", got=got)) from reason


def stored_bytes(file: AnyPath | int) -> int:
    """Bytes of a file that take room on the disk: without its holes. Raises OSError."""
    found = os.stat(file)
    blocks = getattr(found, "st_blocks", None)  # of 512 bytes; Windows does not tell
    return found.st_size if blocks is None else 512 * int(blocks)


@contextmanager
def naming_file(source: object) -> Iterator[None]:
    """Let errors of ours name the file that a definition came from, where `source` is a path."""
    try:
        yield
    except BlobnetError as error:
        is_ours = type(error).__module__ == BlobnetError.__module__
        if not (is_ours and isinstance(source, (str, os.PathLike))):
            raise
        name, text = shown(source), str(error)
        if name in text:
            raise
        raise type(error)(f"{name}: {text}") from error


def shown(path: AnyPath) -> str:
    """A path as an error may show it: without control characters, and not without an end."""
    text = printable(os.fspath(path))
    return shortened(text, 400)


def _open_without_waiting(path: str, flags: int) -> int:
    """A pipe that has taken the file's place must not keep us waiting for its other end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def kind_of(mode: int) -> str:
    """What is no regular file, in words."""
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")


def hint(path: AnyPath) -> str:
    """A way out where nothing is found at `path`: what is odd about it, or where it begins."""
    return path_advice(os.fspath(path)) or path_hint()


def _explain_refusal(
    who: str, path: AnyPath, reason: OSError | ValueError, fix: str | None = None
) -> str:
    if not isinstance(reason, OSError):
        return explain(
            f"{who}: cannot be read",
            expected="a path that the system can take",
            got=reason,
            fix=path_advice(os.fspath(path)),
        )
    fixes: dict[int, str | None] = {
        errno.ENOENT: path_advice(os.fspath(path)) or fix or path_hint(),
        errno.ENOTDIR: path_advice(os.fspath(path)) or fix or path_hint(),
        errno.EINVAL: path_advice(os.fspath(path)),  # Windows: a character that no name may have
        errno.EACCES: "ask for the right to read it, or copy it to where you have it",
        errno.ENAMETOOLONG: "is this a path? no file system takes a name of that length",
    }
    return explain(
        f"{who}: cannot be read",
        got=reason.strerror or reason,
        fix=fixes.get(reason.errno or 0),
    )

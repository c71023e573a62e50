"""Opening what a setting or an argument names: regular files only, and errors that name them.

A path may come out of a file that somebody else wrote. It may lead to a pipe that never ends or to
a device, hold characters that no file system takes, be too long, or lie in a folder that nobody may
enter. Whoever opens a file for reading does it here; all that can go wrong is the caller's error.
"""

from __future__ import annotations

import errno
import os
import stat
from os import PathLike
from typing import BinaryIO

from blobnet.errors import BlobnetError, explain, path_hint, printable, shortened
from blobnet.limits import in_words

AnyPath = str | PathLike[str]


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


def check_file(
    path: AnyPath, error: type[BlobnetError], *, setting: str = "", largest: int | None = None
) -> int:
    """The size in bytes of the regular file at `path`.

    setting  who names the file, `mean_file` for example: stands before it in the error
    largest  bytes that the file may have

    Raises `error` where there is none, where it is too large, a pipe, a device or a folder.
    """
    who = f"{setting} {shown(path)}".strip()
    try:
        found = os.stat(path)
    except (OSError, ValueError) as reason:
        raise error(_explain_refusal(who, reason)) from reason
    if not stat.S_ISREG(found.st_mode):
        raise error(
            explain(f"{who}: cannot be read", expected="a regular file", got=_kind(found.st_mode))
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
    path: AnyPath, error: type[BlobnetError], *, setting: str = "", largest: int | None = None
) -> BinaryIO:
    """The file, opened for reading bytes: see `check_file` for the arguments and what is raised."""
    check_file(path, error, setting=setting, largest=largest)
    try:
        file = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115 - the caller closes it
    except (OSError, ValueError) as reason:
        raise error(_explain_refusal(f"{setting} {shown(path)}".strip(), reason)) from reason
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # exchanged since it was checked
        file.close()
        raise error(explain(f"{setting} {shown(path)}".strip() + ": is no regular file any more"))
    return file


def read_file(
    path: AnyPath, error: type[BlobnetError], *, setting: str = "", largest: int | None = None
) -> bytes:
    """All bytes of the file: see `check_file` for the arguments and what is raised."""
    who = f"{setting} {shown(path)}".strip()
    with open_file(path, error, setting=setting, largest=largest) as file:
        try:
            return file.read()
        except OSError as reason:
            raise error(_explain_refusal(who, reason)) from reason
        except MemoryError as reason:
            size = in_words(os.fstat(file.fileno()).st_size)
            raise error(explain(f"{who}: not enough memory to read it", got=size)) from reason


def shown(path: AnyPath) -> str:
    """A path as an error may show it: without control characters, and not without an end."""
    text = printable(os.fspath(path))
    return shortened(text, 400)


def _open_without_waiting(path: str, flags: int) -> int:
    """A pipe that has taken the file's place must not keep us waiting for its other end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")


def _explain_refusal(who: str, reason: OSError | ValueError) -> str:
    if not isinstance(reason, OSError):
        return explain(
            f"{who}: cannot be read",
            expected="a path that the system can take",
            got=reason,
            fix="write it anew: it holds a character that cannot be seen",
        )
    fixes = {
        errno.ENOENT: path_hint(),
        errno.ENOTDIR: path_hint(),
        errno.EACCES: "ask for the right to read it, or copy it to where you have it",
        errno.ENAMETOOLONG: "is this a path? no file system takes a name of that length",
    }
    return explain(
        f"{who}: cannot be read",
        got=reason.strerror or reason,
        fix=fixes.get(reason.errno or 0),
    )

"""What killed runs leave behind, told from what a living run is still writing.

Whoever writes under a temporary name holds a lock on it, which the system takes back when the
process ends, however it ends. So what nobody holds, and was made on this machine, has a dead owner
and may go. Where that cannot be known (made on another machine, which may share the disk but not
the locks; a file system without locks) it is left alone for a day.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from platform import node

LOCK_NAME = ".lock"
"""The file in a temporary folder on which its owner holds the lock."""

_HOST_DIGITS, _OWN_DIGITS = 6, 8
_A_DAY = 24 * 60 * 60.0  # seconds; no file is written for so long without growing
_PATIENCE, _BETWEEN_TRIES = 5.0, 0.002  # seconds
_ID = re.compile(rf"(?P<host>[0-9a-f]{{{_HOST_DIGITS}}})?[0-9a-f]{{{_OWN_DIGITS}}}")


@cache
def this_machine() -> str:
    """A few digits that stand for the machine in temporary names.

    Containers of one system have names of their own, but share its locks; two machines may have
    one name, and no locks in common. So on Linux it is the system, from its start on.
    """
    try:
        name = Path("/proc/sys/kernel/random/boot_id").read_text("ascii")
    except (OSError, ValueError):
        name = node()
    return blake2b(name.encode(), digest_size=_HOST_DIGITS // 2).hexdigest()


def new_id() -> str:
    """What makes a temporary name one of its kind, and says on which machine it was made."""
    return this_machine() + uuid.uuid4().hex[:_OWN_DIGITS]


class Hold:
    """A new file that this process holds until `release`, or its end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def hold_new(make_path: Callable[[str], Path], contents: bytes = b"\n") -> tuple[Path, Hold]:
    """Make a file, whose path `make_path` makes of an id, and hold it. Raises OSError.

    Where locks are of no use the id names no machine.
    """
    claimed: bool | None = False
    while True:
        path = make_path(new_id() if claimed is not None else new_id()[_HOST_DIGITS:])
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o666)
        try:
            if claimed is None:
                _fill(path, contents)
                return path, Hold(descriptor)
            claimed = _claim(path, descriptor, contents)
        except BaseException:
            _drop(path, descriptor)
            raise
        if claimed:
            return path, Hold(descriptor)
        _drop(path, descriptor)


def _claim(path: Path, descriptor: int, contents: bytes) -> bool | None:
    """Lock and fill a file: False where somebody was quicker, None where locks are of no use."""
    locked = _try_lock(descriptor)
    if not locked:
        return locked
    try:
        _fill(path, contents)
    except PermissionError:  # a disk of Windows: its locks keep our own writers away too
        return None
    except FileNotFoundError:  # who tidied up saw it in the moment before it was locked
        return False
    return path.exists()


def _fill(path: Path, contents: bytes) -> None:
    with open(path, "rb+", buffering=0) as file:
        file.write(contents)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """For a few steps that others must not come between, who do the same in this folder.

    Where there are no such locks, or somebody keeps it for long, they may.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # on Windows, always
        yield
        return
    try:
        longest = time.monotonic() + _PATIENCE
        while _try_lock(descriptor) is False and time.monotonic() < longest:
            time.sleep(_BETWEEN_TRIES)
        yield
    finally:
        os.close(descriptor)


def leftovers(folder: Path, name: re.Pattern[str], *, ending: str = ".tmp") -> Iterator[Path]:
    """Files and folders in `folder` that a dead run has left.

    Each is held until the next one is asked for: who is just beginning to write it takes another
    name, and what is done with it is not done to a file of the living.

    name    what stands between a dot and the dot before the id
    ending  what follows the id
    """
    try:
        entries = sorted(os.listdir(folder))
    except (OSError, ValueError):  # ValueError: no path at all
        return
    for entry in entries:
        start, dot, unique = entry.removesuffix(ending).rpartition(".")
        found = _ID.fullmatch(unique)
        if not (dot and found and entry.endswith(ending)):
            continue
        if start.startswith(".") and name.fullmatch(start[1:]):
            path = folder / entry
            with _abandoned(path, found["host"] == this_machine()) as abandoned:
                if abandoned:
                    yield path


def remove(leftover: Path) -> None:
    """Remove what `leftovers` has found, as far as the system lets us."""
    if leftover.is_dir() and not leftover.is_symlink():
        shutil.rmtree(leftover, ignore_errors=True)
    else:
        with suppress(OSError):
            leftover.unlink()


def _drop(path: Path, descriptor: int) -> None:
    os.close(descriptor)
    with suppress(OSError):
        path.unlink()


@contextmanager
def _abandoned(path: Path, made_here: bool) -> Iterator[bool]:
    """Whether nobody writes there any more; for the length of the block nobody begins to."""
    if not made_here and not _is_old(path):
        yield False  # nor is its lock tried, which may be in a writer's way
        return
    with _tried(path / LOCK_NAME if path.is_dir() else path) as free:
        yield free is True or (free is None and _is_old(path))


def _is_old(path: Path) -> bool:
    newest = [path, *(path.rglob("*") if path.is_dir() else ())]
    try:
        return bool(time.time() - max(entry.lstat().st_mtime for entry in newest) > _A_DAY)
    except OSError:  # it is being taken away just now
        return False


if sys.platform == "win32":  # what is open there cannot be removed or renamed: that is the lock

    def _try_lock(descriptor: int) -> bool | None:
        """Take the lock of a file, without waiting: False where it is taken, None: no locks."""
        return True

    @contextmanager
    def _tried(path: Path) -> Iterator[bool | None]:
        """Whether nobody holds the file; None where that cannot be known."""
        free: bool | None = True
        try:
            os.rename(path, path)
        except PermissionError:
            free = False
        except OSError:
            free = None
        yield free

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool | None:
        """Take the lock of a file, without waiting: False where it is taken, None: no locks."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True

    @contextmanager
    def _tried(path: Path) -> Iterator[bool | None]:
        """Whether nobody holds the file, and then hold it; None where that cannot be known."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError:
            yield None
            return
        try:
            yield _try_lock(descriptor)
        finally:
            os.close(descriptor)

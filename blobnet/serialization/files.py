"""Writing files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from os import PathLike
from pathlib import Path

from blobnet.errors import SnapshotError, explain
from blobnet.input_files import kind_of, status
from blobnet.serialization.leftovers import alone_in, hold_new, leftovers, remove

AtomicWrite = Callable[[str | PathLike[str]], AbstractContextManager[Path]]
"""What `atomic_write` is: from a path to a `with` block that gets a temporary path."""

_NOTHING_YET = b"a file that blobnet has begun to write\n"


@contextmanager
def atomic_write(path: str | PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path`: write there; on leaving it is synced and takes the name.

    Where the block fails, nothing is left behind and the old file stays; what a killed process
    has left of an earlier try is removed. Raises SnapshotError for what the file system refuses
    (a full disk, a missing folder, no permission).
    """
    with atomic_writes() as write, write(path) as temporary:
        yield temporary


@contextmanager
def atomic_writes() -> Iterator[AtomicWrite]:
    """An `atomic_write` for files that belong together: all are written before one has its name.

    They get their names in the order in which they were written: who finds the last one finds
    all, and all are of one process, whoever else writes the same. Where the last one replaces an
    older file, it comes first: then the others, if the process dies, can still be found under their
    temporary names, and it says which they are.
    """
    written: list[_Temporary] = []

    @contextmanager
    def write(path: str | PathLike[str]) -> Iterator[Path]:
        target = Path(path)
        for leftover in leftovers(target.parent, re.compile(re.escape(target.name))):
            remove(leftover)
        with _explained(target):
            temporary = _Temporary(target)
            written.append(temporary)
            yield temporary.path
            temporary.sync()

    try:
        yield write
        folders = [temporary.target.parent for temporary in written]
        with alone_in(folders[-1]) if len(written) > 1 else nullcontext():
            replaces = bool(written) and os.path.lexists(written[-1].target)
            _give_names(written[::-1] if replaces else written)
    finally:
        for temporary in written:
            temporary.discard()


def check_writable(path: str | PathLike[str]) -> None:
    """Find out before long work whether its result can be written. Raises SnapshotError."""
    target = Path(path)
    with _explained(target):
        _Temporary(target).discard()


class _Temporary:
    """A file beside its target, held by this process: nobody takes it for a leftover."""

    def __init__(self, target: Path) -> None:
        self.target = target
        found = status(target)
        if found is not None and not stat.S_ISREG(found.st_mode):
            code = errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.EEXIST
            raise OSError(code, f"there is {kind_of(found.st_mode)} of that name")
        try:
            self.path, self._hold = hold_new(self._new_path, _NOTHING_YET)
        except ValueError as error:  # a NUL, or characters that have no encoding
            raise OSError(errno.EINVAL, str(error)) from error
        self._is_kept = False

    def _new_path(self, unique: str) -> Path:
        return self.target.with_name(f".{self.target.name}.{unique}.tmp")

    def sync(self) -> None:
        """See to it that the contents are on the disk before the name is."""
        with open(self.path, "rb+") as file:
            if file.read(len(_NOTHING_YET) + 1) == _NOTHING_YET:
                raise FileNotFoundError(errno.ENOENT, "nothing was written")
            os.fsync(file.fileno())

    def take_name(self) -> None:
        if os.name == "nt":  # what is open there cannot be renamed
            self._hold.release()
        os.replace(self.path, self.target)
        _sync_folder(self.target.parent)

    def keep(self, kept: bool) -> None:
        """Whether it outlives this process where it does not get its name."""
        self._is_kept = kept

    def discard(self) -> None:
        self._hold.release()
        if not self._is_kept:
            with suppress(OSError):  # the error that led here is the one to hear about
                self.path.unlink()


def _give_names(written: list[_Temporary]) -> None:
    """Once the first has its name the others must not be lost, whatever stops us."""
    for temporary in written:
        temporary.keep(len(written) > 1)
    for temporary in written:
        try:
            with _explained(temporary.target):
                temporary.take_name()
        except SnapshotError:
            if written[0].path.exists():  # nothing has happened yet
                for other in written:
                    other.keep(False)
            raise


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SnapshotError(_explain_os_error(target, error)) from error


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system can open folders."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explain_os_error(target: Path, error: OSError) -> str:
    fixes = {
        errno.ENOSPC: "the disk is full: free some space, or write to another disk",
        errno.EDQUOT: "the disk quota is used up: free some space, or write to another disk",
        errno.ENOENT: f"make the folder first: {target.parent}",
        errno.EACCES: "choose a folder that you may write to",
        errno.EROFS: "choose a folder that you may write to",
        errno.ENAMETOOLONG: "choose a shorter name",
        errno.EISDIR: "choose another name",
        errno.EEXIST: "choose another name",
    }
    return explain(
        f"{target}: cannot be written",
        got=error.strerror or error,
        fix=fixes.get(error.errno or 0),
    )

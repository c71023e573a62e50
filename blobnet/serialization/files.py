"""Writing files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path

from blobnet.errors import SnapshotError, explain


@contextmanager
def atomic_write(path: str | PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path`: write there; on leaving it is synced and takes the name.

    Where the block fails, nothing is left behind and the old file stays. Raises SnapshotError
    for what the file system refuses (a full disk, a missing folder, no permission).
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
        _sync_folder(target.parent)
    except OSError as error:
        raise SnapshotError(_explain_os_error(target, error)) from error
    finally:
        with suppress(OSError):  # the error that led here is the one to hear about
            temporary.unlink()


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
    }
    return explain(
        f"{target}: cannot be written",
        got=error.strerror or error,
        fix=fixes.get(error.errno or 0),
    )

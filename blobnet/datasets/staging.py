"""A folder beside what is being made: it holds the work until that is whole and gets its name.

A killed run leaves its folder behind; the next one that makes the same removes it. Nobody takes
the folder of a run that is still working.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from blobnet.serialization.leftovers import LOCK_NAME, hold_new, leftovers, remove

_LONGEST = 100  # characters of a name that are kept in the folder's own
_OLD = "old-"
_WORK = "work"


@contextmanager
def staging(parent: Path, name: str) -> Iterator[Path]:
    """A folder in `parent` for making `name`; gone afterwards, whatever happened.

    Raises OSError where it cannot be made.
    """
    _check_path(parent / name)
    parent.mkdir(parents=True, exist_ok=True)
    tidy(parent, name)

    made: list[Path] = []

    def make_folder(unique: str) -> Path:
        folder = parent / f".{_kind(name)}.{unique}"
        folder.mkdir(mode=0o700)
        made.append(folder)
        return folder / LOCK_NAME

    try:
        lock, hold = hold_new(make_folder)
        try:
            work = lock.with_name(_WORK)  # beside the lock: any name may be wanted in there
            work.mkdir()
            yield work
        finally:
            hold.release()
    finally:
        for folder in made:  # where locks fail or the disk is full there are others than the last
            remove(folder)


def tidy(parent: Path, name: str) -> None:
    """Remove what dead runs have left that made `name`."""
    for leftover in leftovers(parent, re.compile(re.escape(_kind(name))), ending=""):
        _finish(leftover, parent)
        remove(leftover)


def put_in_place(new: Path, path: Path) -> None:
    """Give what is whole its name; what it replaces, if anything, is left to be thrown away."""
    old = new.with_name(f"{_OLD}{path.name}")
    replaces = path.exists()
    if replaces:
        path.rename(old)
    try:
        new.rename(path)
    except OSError:
        if replaces:
            old.rename(path)
        raise


def _check_path(path: Path) -> None:
    """Raise OSError for what is no path at all: a NUL in it, characters without an encoding."""
    try:
        if "\0" in os.fspath(path):
            raise ValueError("embedded null byte")
        os.fsencode(path)
    except ValueError as error:
        raise OSError(errno.EINVAL, f"no path that the system can take: {error}") from error


def _kind(name: str) -> str:
    return f"blobnet-{name[:_LONGEST]}"


def _finish(leftover: Path, parent: Path) -> None:
    """Where a run died between two renames, what has lost its name gets the new contents."""
    for old in (leftover / _WORK).glob(f"{_OLD}*"):
        new = old.with_name(old.name.removeprefix(_OLD))
        if new.exists() and not (parent / new.name).exists():
            with suppress(OSError):
                new.rename(parent / new.name)

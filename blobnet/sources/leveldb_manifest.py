"""Which files a LevelDB consists of: CURRENT names a manifest, a log of changes to their list.

LevelDB: version_edit.cc, version_set.cc, filename.cc.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from blobnet.errors import DataError, explain
from blobnet.input_files import check_file, is_file, shown
from blobnet.limits import check_bytes
from blobnet.sources.leveldb_format import damaged, read_bytes, read_varint
from blobnet.sources.leveldb_log import LogFile
from blobnet.sources.random_access import RandomAccessFile

_ORDER = b"leveldb.BytewiseComparator"
_LEVELS = 7
_LONGEST_NAME = 255
_LARGEST_MANIFEST = 64 * 2**20  # bytes; a table takes about a hundred of them
_PER_TABLE = 4096  # bytes of memory while it is merged with the others


class Table(NamedTuple):
    """A table file, and the user keys between which its records lie."""

    number: int
    size: int
    smallest: bytes
    largest: bytes


@dataclass
class Manifest:
    """The tables of every level by number, the logs that count, and the name of the keys' order."""

    levels: list[dict[int, Table]] = field(default_factory=lambda: [{} for _ in range(_LEVELS)])
    log: int = -1  # not stated
    previous_log: int = 0
    order: bytes = _ORDER

    def tables(self) -> Iterator[Table]:
        for level in self.levels:
            yield from level.values()

    def sorted_runs(self) -> Iterator[list[Table]]:
        """Tables that follow each other in the order of keys; those of level 0 may overlap."""
        yield from ([table] for _, table in sorted(self.levels[0].items()))
        for level in self.levels[1:]:
            if level:
                yield sorted(level.values(), key=lambda table: table.smallest)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a LevelDB. Raises DataError where it is missing, damaged or foreign."""
    path = folder / _current_manifest(folder / "CURRENT")
    manifest = Manifest()
    check_file(path, DataError, largest=_LARGEST_MANIFEST)
    log = LogFile(path)
    try:
        for record in log.records():
            _apply(manifest, log.read(record, 0, record.size), path)
            tables = sum(map(len, manifest.levels))
            check_bytes(
                _PER_TABLE * tables, f"{shown(path)}, which names {tables} tables,", DataError
            )
    except (IndexError, ValueError) as error:
        raise damaged(path, error) from error
    finally:
        log.close()
    if manifest.log < 0:
        raise damaged(path, "no log is named")
    return manifest


def table_path(folder: Path, number: int) -> Path:
    """The file of a table; older ones end in .sst."""
    path = folder / f"{number:06d}.ldb"
    older = path.with_suffix(".sst")
    return older if is_file(older) and not is_file(path) else path


def log_paths(folder: Path, manifest: Manifest) -> list[Path]:
    """The logs with what is in no table yet, the oldest first."""
    try:
        found = [folder / name for name in os.listdir(folder) if name.endswith(".log")]
    except OSError as error:
        raise DataError(
            explain(f"{shown(folder)}: cannot be read", got=error.strerror or error)
        ) from error
    numbered = [(int(path.stem), path) for path in found if path.stem.isdecimal()]
    return [
        path
        for number, path in sorted(numbered)
        if number >= manifest.log or number == manifest.previous_log
    ]


def _current_manifest(path: Path) -> str:
    file = RandomAccessFile(path)
    content = file.read(0, _LONGEST_NAME)
    file.close()
    name = content.decode("ascii", "replace").removesuffix("\n")
    if not name.removeprefix("MANIFEST-").isdecimal() or not content.endswith(b"\n"):
        raise damaged(path, f"no name of a manifest: {content!r}")
    return name


def _apply(manifest: Manifest, change: bytes, path: Path) -> None:
    """Carry out a change. Raises IndexError or ValueError where it cannot be read."""
    at = 0
    while at < len(change):
        kind, at = read_varint(change, at)
        if kind not in _ENTRIES:
            raise _foreign(path, f"an entry of kind {kind}")
        at = _ENTRIES[kind](manifest, change, at)
    if manifest.order != _ORDER:
        raise _foreign(path, f"keys in the order {manifest.order.decode('ascii', 'replace')}")


def _order(manifest: Manifest, change: bytes, at: int) -> int:
    manifest.order, at = read_bytes(change, at)
    return at


def _log(manifest: Manifest, change: bytes, at: int) -> int:
    manifest.log, at = read_varint(change, at)
    return at


def _previous_log(manifest: Manifest, change: bytes, at: int) -> int:
    manifest.previous_log, at = read_varint(change, at)
    return at


def _for_writers(manifest: Manifest, change: bytes, at: int) -> int:
    """The next file's number, or the last sequence number."""
    return read_varint(change, at)[1]


def _compact_pointer(manifest: Manifest, change: bytes, at: int) -> int:
    _, at = _read_level(change, at)
    return read_bytes(change, at)[1]


def _deleted_table(manifest: Manifest, change: bytes, at: int) -> int:
    level, at = _read_level(change, at)
    number, at = read_varint(change, at)
    manifest.levels[level].pop(number, None)
    return at


def _new_table(manifest: Manifest, change: bytes, at: int) -> int:
    level, at = _read_level(change, at)
    number, at = read_varint(change, at)
    size, at = read_varint(change, at)
    smallest, at = read_bytes(change, at)
    largest, at = read_bytes(change, at)
    table = Table(number, size, smallest[:-8], largest[:-8])  # without sequence number and kind
    manifest.levels[level][number] = table
    return at


_ENTRIES: dict[int, Callable[[Manifest, bytes, int], int]] = {
    1: _order,
    2: _log,
    3: _for_writers,
    4: _for_writers,
    5: _compact_pointer,
    6: _deleted_table,
    7: _new_table,
    9: _previous_log,
}
"""What the parts of a change are about: each takes in its own, and returns where it ends."""


def _read_level(change: bytes, at: int) -> tuple[int, int]:
    level, at = read_varint(change, at)
    if level >= _LEVELS:
        raise ValueError(f"level {level}")
    return level, at


def _foreign(path: Path, got: str) -> DataError:
    return DataError(
        explain(
            f"{shown(path)}: not a LevelDB that can be read",
            expected=f"a plain LevelDB, keys in the order {_ORDER.decode()}",
            got=got,
            fix="make the database again with Caffe's tools",
        )
    )

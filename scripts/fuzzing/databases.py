"""LMDB and LevelDB: records in their order, by number, and from a key on.

Every block of a LevelDB has a checksum, so most breaking is found at once: half of the rounds break
what stands behind it, and give it a checksum that fits.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from blobnet.proto import Datum
from blobnet.sources.database_source import DatabaseSource
from blobnet.sources.datum import datum_to_array
from blobnet.sources.leveldb_source import LevelDbSource
from blobnet.sources.lmdb_source import LmdbSource
from scripts.fuzzing._damage import damaged
from scripts.fuzzing._rounds import draw, one_of, show, smaller
from tests.sources import leveldb_files
from tests.sources.lmdb_files import write_lmdb

Records = list[tuple[bytes, bytes]]


__all__ = ["draw", "run", "show", "smaller"]


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_lmdb_round, _leveldb_round], case)


def _lmdb_round(rng: random.Random, folder: Path) -> None:
    contents = _lmdb()
    content = damaged(rng, rng.choice(contents), contents)
    if rng.random() < 0.5:  # a file of the right length, at least
        content = content.ljust(max(map(len, contents)), b"\0")
    (folder / "data.mdb").write_bytes(content)
    _read(lambda: LmdbSource(folder))


def _leveldb_round(rng: random.Random, folder: Path) -> None:
    if rng.random() < 0.5:
        for name, content in _leveldb().items():
            (folder / name).write_bytes(content)
        name = rng.choice(sorted(_leveldb()))
        content = damaged(rng, _leveldb()[name], list(_leveldb().values()))
        (folder / name).write_bytes(content)
    else:
        _write_with_checksums(rng, folder)
    _read(lambda: LevelDbSource(folder))


def _write_with_checksums(rng: random.Random, folder: Path) -> None:
    """A table, a log and a manifest whose contents are broken and whose checksums are right."""
    broken = [rng.random() < 0.4 for _ in range(4)]

    def maybe(number: int, content: bytes) -> bytes:
        return damaged(rng, content, []) if broken[number] else content

    entries = [(leveldb_files.internal(key, 9), value) for key, value in _records()]
    block = maybe(0, leveldb_files.block_bytes(entries))
    place = leveldb_files.varint(0) + leveldb_files.varint(len(block))
    index = maybe(1, leveldb_files.block_bytes([(leveldb_files.internal(b"\xff", 1), place)], 1))
    kind = rng.choice((0, 0, 0, 0, 1, 2, 4))
    table = leveldb_files.with_index(leveldb_files.stored(block, kind), index)
    (folder / "000010.ldb").write_bytes(table)
    log = leveldb_files.batch(50, [(b"new", _records()[0][1]), (_records()[0][0], None)])
    (folder / "000100.log").write_bytes(leveldb_files.log_bytes([maybe(2, log)]))
    change = leveldb_files.name_of_order() + b"\2" + leveldb_files.varint(100)
    change += leveldb_files.new_table(1, 10, len(table), b"", b"\xff")
    leveldb_files.write_manifest(folder, [maybe(3, change)])


def _read(make: Callable[[], DatabaseSource]) -> None:
    source = make()
    try:
        for _ in range(30):
            datum_to_array(source.read().datum)
        state = source.get_state()
        source.skip(100)
        index = source.index()
        for number in range(0, len(index.places), 7):
            source.read_at(index, number)
        source.set_state(state)
        source.read()
    finally:
        source.close()


@cache
def _records() -> Records:
    images = np.arange(20 * 12, dtype=np.uint8).reshape(20, 3, 2, 2)
    data = [Datum(channels=3, height=2, width=2, label=1, data=each.tobytes()) for each in images]
    data[3] = Datum(channels=1, height=1, width=3, float_data=[1, 2, 3])
    data[4] = Datum(channels=1, height=100, width=100, data=bytes(10**4))
    return [(b"%08d" % i, datum.SerializeToString()) for i, datum in enumerate(data)]


@cache
def _lmdb() -> list[bytes]:
    with tempfile.TemporaryDirectory() as name:
        few = write_lmdb(Path(name) / "few", _records())
        many = [(b"%08d" % i, _records()[0][1]) for i in range(2000)]
        deep = write_lmdb(Path(name) / "many", many)
        return [(folder / "data.mdb").read_bytes().rstrip(b"\0") for folder in (few, deep)]


@cache
def _leveldb() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = leveldb_files.write_leveldb(Path(name) / "db", _records())
        return {path.name: path.read_bytes() for path in folder.iterdir()}

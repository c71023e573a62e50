"""What is in a database, for tests of what writes them."""

from __future__ import annotations

from blobnet.sources.leveldb_source import LevelDbSource
from blobnet.sources.lmdb_source import LmdbSource


def records(path, backend="lmdb"):
    """(key, datum) of all records."""
    source = {"lmdb": LmdbSource, "leveldb": LevelDbSource}[backend](path)
    found = [(record.key, record.datum) for record in source.rest()]
    source.close()
    return found


def names(folder):
    return {path.name for path in folder.iterdir()}

"""What is in a database, for tests of what writes them."""

from __future__ import annotations

from blobnet.proto import Datum
from blobnet.sources.leveldb_source import LevelDbSource
from blobnet.sources.lmdb_source import LmdbSource


def records(path, backend="lmdb", kind=Datum):
    """(key, datum) of all records; a datum with boxes, if those are of that kind."""
    source = {"lmdb": LmdbSource, "leveldb": LevelDbSource}[backend](path, kind.FromString)
    found = [(record.key, record.annotated or record.datum) for record in source.rest()]
    source.close()
    return found


def names(folder):
    return {path.name for path in folder.iterdir()}

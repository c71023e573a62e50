"""A new LMDB, as Caffe's tools write one: a folder with data.mdb and lock.mdb.

Records are written some at a time, and those once more, into twice the room, where they do not
fit. Caffe: db_lmdb.cpp.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import lmdb

_BATCH = 1000  # records in a transaction, as in Caffe's tools
_BATCH_BYTES = 2 * 2**20  # and their bytes: more would fill the memory, and leave the caches
_FIRST_MAP_SIZE = 2**20  # on Windows the file has this size at once, so start small and double
_NODE = 32  # bytes that a small record takes beside its own


class LmdbWriter:
    """Writes records into a folder, which it makes; some of them are in memory.

    Whatever is called may raise OSError, or an lmdb.Error.
    """

    def __init__(self, folder: Path) -> None:
        import lmdb

        folder.mkdir()
        # synced once at the end: a half-written store is thrown away in any case
        self._store: Any = lmdb.open(
            os.fsencode(folder), map_size=_FIRST_MAP_SIZE, mode=0o644, sync=False
        )
        self._records: list[tuple[bytes, bytes]] = []
        self._bytes = 0

    def put(self, key: bytes, value: bytes) -> None:
        """Append a record, whose key is larger than those before."""
        self._records.append((key, value))
        self._bytes += len(value)
        if len(self._records) >= _BATCH or self._bytes >= _BATCH_BYTES:
            self._commit()

    def finish(self) -> None:
        """Write what is left, and see to it that all is on the disk."""
        self._commit()
        self._store.sync(True)

    def close(self) -> None:
        self._store.close()

    def _commit(self) -> None:
        make_room(self._store, self._records)
        commit(self._store, self._records)
        self._records.clear()
        self._bytes = 0


def make_room(store: lmdb.Environment, records: list[tuple[bytes, bytes]]) -> None:
    """Double the store's size until the records fit, by and large: what starts over costs more."""
    info, page = store.info(), store.stat()["psize"]
    sizes = (len(key) + len(value) for key, value in records)
    asked = sum(size + (page if size > page // 4 else _NODE) for size in sizes)
    room: int = info["map_size"]
    while room < (info["last_pgno"] + 1) * page + asked:
        room *= 2
    if room > info["map_size"]:
        store.set_mapsize(room)


def commit(store: lmdb.Environment, records: list[tuple[bytes, bytes]]) -> None:
    """One transaction; where the store is too small for it, make it larger and start over."""
    import lmdb

    while True:
        try:
            with store.begin(write=True) as transaction:
                for key, value in records:
                    transaction.put(key, value, append=True)
        except lmdb.MapFullError:
            store.set_mapsize(2 * store.info()["map_size"])
        else:
            return

"""The room in an LMDB: made in time, and not much more than is needed."""

from __future__ import annotations

import lmdb
import pytest

from blobnet.sources import lmdb_writer
from blobnet.sources.lmdb_writer import LmdbWriter, commit


@pytest.mark.parametrize(("count", "size"), [(3000, 10), (3000, 1500), (40, 300_000), (1, 2**23)])
def test_room_is_made_before_it_is_needed(tmp_path, monkeypatch, count, size):
    monkeypatch.setattr(lmdb, "MapFullError", ZeroDivisionError)  # nobody waits for it
    writer = LmdbWriter(tmp_path / "db")
    for number in range(count):
        writer.put(b"%08d" % number, b"x" * size)
    writer.finish()
    room = writer._store.info()["map_size"]
    writer.close()
    used = (tmp_path / "db" / "data.mdb").stat().st_size
    assert used <= room <= max(4 * used, lmdb_writer._FIRST_MAP_SIZE)


def test_what_does_not_fit_after_all_is_written_again(tmp_path):
    with lmdb.open(str(tmp_path / "db"), map_size=2**16) as store:
        commit(store, [(b"%08d" % number, b"x" * 1000) for number in range(1000)])
        assert store.stat()["entries"] == 1000
        assert store.info()["map_size"] >= 2**20

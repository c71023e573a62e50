import json

import numpy as np
import pytest

from blobnet.sources.lmdb_source import LmdbSource
from blobnet.sources.pooled_source import PooledOpener
from tests.sources import lmdb_files

COUNT = 12


@pytest.fixture
def opener(tmp_path, rng):
    images = [np.full((1, 2, 2), i, np.uint8) for i in range(COUNT)]
    folder = lmdb_files.write_images(tmp_path / "db", images)
    return PooledOpener(lambda: LmdbSource(folder), rng, batch_size=2, batches=3)


def labels(source, count):
    return [source.read().label for _ in range(count)]


def test_the_pool_is_filled_in_order_and_then_drawn_from(opener):
    source = opener()
    assert labels(source, 6) == [0, 1, 2, 3, 4, 5]
    pool, coming = [0, 1, 2, 3, 4, 5], 6
    moved = False
    for _ in range(40):
        batch = labels(source, 2)
        before = list(pool)
        for label in batch:  # two of the pool as it was, never one place twice
            before.remove(label)
            pool.remove(label)
            pool.append(coming % COUNT)
            coming += 1
        moved |= batch != sorted(batch)
    assert moved
    source.close()


@pytest.mark.parametrize("read", [0, 3, 6, 7, 21])
def test_a_state_goes_through_json_and_leads_to_the_same_records(read, opener):
    one, other = opener(), opener()
    labels(one, read)
    state = json.loads(json.dumps(one.get_state()))
    labels(other, 9)
    other.set_state(state)
    assert labels(one, 15) == labels(other, 15)
    one.close()
    other.close()


@pytest.mark.parametrize("change", [{"at": 3}, {"at": -1}, {"pool": 7}, {"pool": [{}] * 7}])
def test_a_foreign_state_is_refused(change, opener):
    source = opener()
    with pytest.raises(ValueError, match="no p"):
        source.set_state({**source.get_state(), **change})
    source.close()

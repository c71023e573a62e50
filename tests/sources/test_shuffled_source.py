import json
import pickle

import numpy as np
import pytest

from blobnet import DataError
from blobnet.sources.leveldb_source import LevelDbSource
from blobnet.sources.lmdb_source import LmdbSource
from blobnet.sources.shuffled_source import ShuffledOpener
from tests.sources import leveldb_files, lmdb_files

COUNT = 23


@pytest.fixture(params=["LMDB", "LevelDB"])
def opener(request, tmp_path, rng):
    images = [np.full((1, 2, 2), i, np.uint8) for i in range(COUNT)]
    if request.param == "LMDB":
        folder = lmdb_files.write_images(tmp_path / "db", images)
        return ShuffledOpener(lambda: LmdbSource(folder), rng)
    folder = leveldb_files.write_images(tmp_path / "db", images)
    return ShuffledOpener(lambda: LevelDbSource(folder), rng)


@pytest.fixture
def source(opener):
    source = opener()
    yield source
    source.close()


def labels(source, count):
    return [source.read().label for _ in range(count)]


def test_every_round_has_all_records_in_an_order_of_its_own(source):
    rounds = [labels(source, COUNT) for _ in range(4)]
    assert all(sorted(order) == list(range(COUNT)) for order in rounds)
    assert len({tuple(order) for order in [*rounds, range(COUNT)]}) == 5


def test_a_record_has_its_key_and_its_values(source):
    record = source.read()
    assert record.key == f"{record.label:08d}_{record.label}.png"
    assert record.datum.data == bytes([record.label]) * 4


def test_a_generator_gives_the_same_orders_again_and_is_not_drawn_from(opener):
    before = opener._rng.bit_generator.state
    one, other = opener(), opener()
    assert labels(one, 3 * COUNT) == labels(other, 3 * COUNT)
    assert opener._rng.bit_generator.state == before
    one.close()
    other.close()


def test_the_places_are_looked_up_once(opener, monkeypatch):
    opener().close()
    calls = []
    for kind in (LmdbSource, LevelDbSource):
        monkeypatch.setattr(kind, "index", calls.append)
    source = opener()
    assert sorted(labels(source, COUNT)) == list(range(COUNT))
    assert not calls
    source.close()


def test_peek_leaves_the_position(source):
    labels(source, COUNT - 1)
    assert source.peek() == source.peek() == source.read()


@pytest.mark.parametrize("count", [0, 1, 5, COUNT - 1, COUNT, COUNT + 1, 3 * COUNT])
def test_a_state_is_the_position(count, source, opener):
    labels(source, count)
    state = json.loads(json.dumps(source.get_state()))
    expected = labels(source, 3 * COUNT)
    source.set_state(state)
    assert labels(source, 3 * COUNT) == expected
    other = opener()
    labels(other, 7)
    other.set_state(state)
    assert other.get_state() == state
    assert labels(other, 3 * COUNT) == expected
    other.close()


@pytest.mark.parametrize("count", [0, 1, COUNT - 1, COUNT, COUNT + 4, 10**12])
def test_skip_moves_on_within_a_round_or_into_the_next(count, source, opener):
    other = opener()
    labels(source, 3)
    labels(other, 3 + count % COUNT)
    source.skip(count)
    assert labels(source, 2 * COUNT) == labels(other, 2 * COUNT)
    other.close()


def test_the_state_of_a_database_of_another_size_is_refused(source):
    state = source.get_state()
    for wrong in ({"records": COUNT + 1}, {"at": COUNT}, {"at": -1}):
        with pytest.raises(DataError, match=r"expected: \d+ records\n.*got: +23 records\n"):
            source.set_state({**state, **wrong})


def test_places_can_be_pickled(opener):
    opener().close()
    index = pickle.loads(pickle.dumps(opener._index))
    np.testing.assert_array_equal(index.places, opener._index.places)
    assert len(index.places) == COUNT


def test_a_large_lmdb_with_branches_and_values_of_their_own_pages(tmp_path, rng):
    images = [np.full((1, 1 + i % 7 * 3, 400), i % 256, np.uint8) for i in range(900)]
    folder = lmdb_files.write_images(tmp_path / "db", images)
    source = ShuffledOpener(lambda: LmdbSource(folder), rng)()
    assert sorted(labels(source, 900)) == list(range(900))
    source.close()

import json
import pickle
from functools import partial

import numpy as np
import pytest

from blobnet import DataError
from blobnet.sources.lmdb_source import LmdbSource
from blobnet.sources.sources_in_turns import open_in_turns
from tests.sources.lmdb_files import write_images

COUNTS = (3, 5, 2)
FIRST = ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c0", "a0", "b3", "c1", "a1", "b4", "c0"]
"""Which record of which database comes when."""


@pytest.fixture
def opener(tmp_path):
    folders = []
    for index, count in enumerate(COUNTS):
        images = [np.full((1, 1, 1), 16 * index + i, np.uint8) for i in range(count)]
        folders.append(write_images(tmp_path / "abc"[index], images))
    return partial(open_in_turns, [partial(LmdbSource, folder) for folder in folders])


@pytest.fixture
def source(opener):
    source = opener()
    yield source
    source.close()


def read(source, count):
    values = [source.read().datum.data[0] for _ in range(count)]
    return [f"{'abc'[value // 16]}{value % 16}" for value in values]


def test_each_has_its_turn_and_begins_anew_on_its_own(source):
    assert read(source, 15) == FIRST


def test_peeking_moves_nothing(source):
    for expected in FIRST:
        assert source.peek() == source.peek()
        assert read(source, 1) == [expected]


@pytest.mark.parametrize("before", [0, 1, 2])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 11])
def test_skipping_is_reading_without_looking(source, before, count):
    read(source, before)
    source.skip(count)
    assert read(source, 2) == FIRST[before + count : before + count + 2]


@pytest.mark.parametrize("before", range(8))
def test_a_state_is_a_place_to_go_on_from(source, opener, before):
    read(source, before)
    state = json.loads(json.dumps(source.get_state()))
    read(source, 4)
    source.set_state(state)
    assert read(source, 5) == FIRST[before : before + 5]
    other = pickle.loads(pickle.dumps(opener))()
    other.set_state(state)
    assert read(other, 5) == FIRST[before : before + 5]
    other.close()


def test_the_state_of_other_databases_is_refused(source):
    state = source.get_state()
    for wrong in ({**state, "turn": 3}, {**state, "sources": state["sources"][:2]}):
        with pytest.raises(DataError, match="in other databases"):
            source.set_state(wrong)


def test_errors_name_them_all(source):
    assert [part.rstrip("/")[-1] for part in source.name.split(", ")] == list("abc")


def test_where_one_cannot_be_opened_none_stays_open():
    closed = []

    class Source:
        name = "here"

        def close(self):
            closed.append(self)

    def fail():
        raise DataError("not there")

    with pytest.raises(DataError, match="not there"):
        open_in_turns([Source, Source, fail])
    assert len(closed) == 2

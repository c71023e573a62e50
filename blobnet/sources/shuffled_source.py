"""Records of a database in an order drawn anew for every round."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.loggers import named_logger
from blobnet.sources.database_source import DatabaseSource
from blobnet.sources.source import (
    Record,
    RecordIndex,
    RecordSource,
    State,
    restore_rng,
)
from blobnet.types import Array

_log = named_logger(__name__)


class ShuffledOpener:
    """Opens a database for reading in a random order, as often as it is called.

    open_database  opens it for reading in its own order
    rng            where the random orders begin; it is copied, not drawn from

    Where its records stand is looked up once.
    """

    def __init__(
        self, open_database: Callable[[], DatabaseSource], rng: np.random.Generator
    ) -> None:
        self._open_database, self._rng = open_database, copy.deepcopy(rng)
        self._index: RecordIndex | None = None

    def __call__(self) -> ShuffledSource:
        database = self._open_database()
        try:
            if self._index is None:
                _log.info("%s: looking up where the records stand, to shuffle them", database.name)
                self._index = database.index()
        except BaseException:
            database.close()
            raise
        return ShuffledSource(database, self._index, self._rng)


class ShuffledSource(RecordSource):
    """All records of a database in a random order, then all of them in another one.

    The state is the random numbers from which the round's order was drawn, and the place in it.
    Takes 16 bytes a record: where it stands, and when its turn comes.
    """

    def __init__(
        self, database: DatabaseSource, index: RecordIndex, rng: np.random.Generator
    ) -> None:
        self.name = database.name
        self._database, self._index = database, index
        self._rng = copy.deepcopy(rng)
        self._order: Array = np.empty(0, np.int64)
        self._at = 0
        self._begin_round()

    def read(self) -> Record:
        record = self.peek()
        self._at += 1
        if self._at == len(self._order):
            _log.debug("%s: Restarting data prefetching from start.", self.name)
            self._begin_round()
        return record

    def peek(self) -> Record:
        return self._database.read_at(self._index, int(self._order[self._at]))

    def skip(self, count: int) -> None:
        self._at += count % len(self._order)  # one order is as random as the next
        if self._at >= len(self._order):
            rest = self._at - len(self._order)
            self._begin_round()
            self._at = rest

    def get_state(self) -> State:
        return {"rng": self._rng_state, "at": self._at, "records": len(self._order)}

    def set_state(self, state: State) -> None:
        at, records = state["at"], state["records"]
        if type(at) is not int or records != len(self._order) or at not in range(records):
            raise DataError(
                explain(
                    f"{self.name}: reading cannot go on where it was",
                    expected=f"{records} records",
                    got=f"{len(self._order)} records",
                    fix="resume with the database of that training; to go on with another one, "
                    "start from the weights",
                )
            )
        restore_rng(self._rng, state)
        self._begin_round()
        self._at = at

    def close(self) -> None:
        self._database.close()

    def _begin_round(self) -> None:
        self._rng_state = self._rng.bit_generator.state
        self._order = self._rng.permutation(len(self._index.places))
        self._at = 0

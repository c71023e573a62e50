"""Records in an order that is mixed a little: each is drawn from a pool of those read last."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

from blobnet.sources.source import Record, RecordSource, State, restore_rng, whole_number
from blobnet.types import Array


class PooledOpener:
    """Opens a source that is read through a pool, as often as it is called.

    open_source  opens what the pool reads
    rng          where the random orders begin; it is copied, not drawn from
    batch_size   how many records are drawn without putting any back
    batches      the size of the pool, in batches
    """

    def __init__(
        self,
        open_source: Callable[[], RecordSource],
        rng: np.random.Generator,
        batch_size: int,
        batches: int,
    ) -> None:
        self._open_source, self._rng = open_source, copy.deepcopy(rng)
        self._batch_size, self._batches = batch_size, batches

    def __call__(self) -> PooledSource:
        return PooledSource(self._open_source(), self._rng, self._batch_size, self._batches)


class PooledSource(RecordSource):
    """The first records as they come, which fill the pool; then each out of the pool, at random.

    A record that is drawn makes place for the next one of the source, so the first ones come
    twice. The state is that of the source at each record of the pool, and of the random numbers.
    """

    def __init__(
        self, source: RecordSource, rng: np.random.Generator, batch_size: int, batches: int
    ) -> None:
        self.name = source.name
        self._source, self._rng = source, copy.deepcopy(rng)
        self._batch_size, self._size = batch_size, batch_size * batches
        self._pool: list[Record] = []
        self._states: list[State] = []
        self._begin_batch()

    def read(self) -> Record:
        state, new = self._source.get_state(), self._source.read()
        if len(self._pool) < self._size:
            self._pool.append(new)
            self._states.append(state)
            return new
        if self._at == self._batch_size:
            self._begin_batch()
        place = int(self._order[self._at])
        self._at += 1
        record, self._pool[place], self._states[place] = self._pool[place], new, state
        return record

    def get_state(self) -> State:
        return {
            "source": self._source.get_state(),
            "pool": list(self._states),
            "rng": self._rng_state,
            "at": self._at,
        }

    def set_state(self, state: State) -> None:
        at, pool = whole_number(state, "at"), state["pool"]
        if at > self._batch_size or not isinstance(pool, list) or len(pool) > self._size:
            raise ValueError(f"no pool of {self._size} records: at {at}")
        self._pool = [self._read_at(each) for each in pool]
        self._states = list(pool)
        self._source.set_state(state["source"])
        restore_rng(self._rng, state)
        self._begin_batch()
        self._at = at

    def close(self) -> None:
        self._source.close()

    def _read_at(self, state: State) -> Record:
        self._source.set_state(state)
        return self._source.read()

    def _begin_batch(self) -> None:
        self._rng_state = self._rng.bit_generator.state
        self._order: Array = self._rng.permutation(self._size)[: self._batch_size]
        self._at = 0

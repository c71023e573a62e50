"""What readers of batches share that have one source, and one stream for random changes."""

from __future__ import annotations

import copy
from typing import Generic, Protocol, TypeVar

import numpy as np

from blobnet.sources.source import State, restore_rng


class HasPlace(Protocol):
    """What of a source decides where a reader stands."""

    def skip(self, count: int) -> None: ...

    def get_state(self) -> State: ...

    def set_state(self, state: State) -> None: ...

    def close(self) -> None: ...


Source = TypeVar("Source", bound=HasPlace)


class SourceBatches(Generic[Source]):
    """A reader of batches that stands where its source and its stream do.

    source  stands at its first record
    rng     where random changes begin; it is copied, not drawn from
    """

    def __init__(self, source: Source, rng: np.random.Generator, batch_size: int) -> None:
        self._source, self._rng, self._batch_size = source, copy.deepcopy(rng), batch_size

    @property
    def draws(self) -> np.random.Generator:
        return self._rng

    def skip(self, count: int) -> None:
        """Move on by `count` records."""
        self._source.skip(count)

    def skip_batch(self) -> None:
        self.skip(self._batch_size)

    def get_state(self) -> State:
        return {"rng": self._rng.bit_generator.state, "source": self._source.get_state()}

    def set_state(self, state: State) -> None:
        restore_rng(self._rng, state)
        self._source.set_state(state["source"])

    def close(self) -> None:
        self._source.close()

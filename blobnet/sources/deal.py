"""Batches dealt out: of so many in a row, each of several processes takes one.

Whoever reads the r-th of every n batches passes over the others without reading their records, and
is behind them then: the state after a batch is that of all processes, and of one that reads alone.
"""

from __future__ import annotations

from typing import NamedTuple

from blobnet.random_streams import own_stream
from blobnet.sources.batches import BatchReader
from blobnet.types import Array


class Deal(NamedTuple):
    """Which batches of a source are read: that at `turn` of every `turns`."""

    turn: int = 0
    turns: int = 1

    def read(self, reader: BatchReader) -> list[Array]:
        """The next batch of ours. What is drawn for a batch comes from a stream of its own."""
        for _ in range(self.turn):
            _skip(reader)
        with own_stream(reader.draws):
            batch = reader.read()
        for _ in range(self.turns - self.turn - 1):
            _skip(reader)
        return batch


def _skip(reader: BatchReader) -> None:
    with own_stream(reader.draws):
        reader.skip_batch()

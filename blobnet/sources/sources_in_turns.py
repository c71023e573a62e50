"""Several record sources as one: a record of each in turn, again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from blobnet.errors import DataError
from blobnet.sources.source import Record, RecordSource, State, whole_number


def open_in_turns(openers: Sequence[Callable[[], RecordSource]]) -> SourcesInTurns:
    """Open them all; where one cannot be opened, none stays open."""
    with ExitStack() as opened:
        sources = []
        for open_source in openers:
            sources.append(open_source())
            opened.callback(sources[-1].close)
        opened.pop_all()
    return SourcesInTurns(sources)


class SourcesInTurns(RecordSource):
    """Records of several sources: the first of each, the second of each, and so on.

    Each begins anew on its own when it has come to its end, so a short one comes round more often.
    """

    def __init__(self, sources: Sequence[RecordSource]) -> None:
        self._sources, self._turn = list(sources), 0
        self.name = ", ".join(source.name for source in sources)

    def read(self) -> Record:
        record = self._sources[self._turn].read()
        self._turn = (self._turn + 1) % len(self._sources)
        return record

    def peek(self) -> Record:
        return self._sources[self._turn].peek()

    def skip(self, count: int) -> None:
        rounds, rest = divmod(count, len(self._sources))
        for index, source in enumerate(self._sources):
            has_one_more = (index - self._turn) % len(self._sources) < rest
            source.skip(rounds + has_one_more)
        self._turn = (self._turn + count) % len(self._sources)

    def get_state(self) -> State:
        return {"turn": self._turn, "sources": [source.get_state() for source in self._sources]}

    def set_state(self, state: State) -> None:
        turn, states = whole_number(state, "turn"), state["sources"]
        if turn >= len(self._sources) or len(states) != len(self._sources):
            raise DataError(f"{self.name}: reading cannot go on where it was, in other databases")
        for source, own in zip(self._sources, states, strict=True):
            source.set_state(own)
        self._turn = turn

    def close(self) -> None:
        for source in self._sources:
            source.close()

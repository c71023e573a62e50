"""The contract of a record source: labelled records in a fixed order, again and again.

A source knows where it stands, and can be put back there: that is what makes a resumed training
read the very records that the unbroken one would have read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

from blobnet.proto import Datum

State = dict[str, Any]
"""A position, in types that JSON has."""


class Record(NamedTuple):
    """One record, and the name by which errors call it."""

    key: str
    datum: Datum


class RecordSource(ABC):
    """An endless sequence of records: after the last comes the first.

    A subclass opens what it reads in `__init__`, sets `name` for errors, and stands at the first
    record then. One source serves one thread; whoever reads elsewhere opens another.
    """

    name: str

    @abstractmethod
    def read(self) -> Record:
        """The record at the position, which moves on. Raises DataError where it is damaged."""

    @abstractmethod
    def get_state(self) -> State:
        """Where the record to be read next stands."""

    @abstractmethod
    def set_state(self, state: State) -> None:
        """Go to a position that `get_state` gave. Raises DataError where there is none such."""

    def skip(self, count: int) -> None:
        """Move on by `count` records."""
        for _ in range(count):
            self.read()

    def peek(self) -> Record:
        """The record at the position, which stays."""
        state = self.get_state()
        record = self.read()
        self.set_state(state)
        return record

    @abstractmethod
    def close(self) -> None:
        """Let go of files."""

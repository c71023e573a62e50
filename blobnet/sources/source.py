"""The contract of a record source: labelled records in a fixed order, again and again.

A source knows where it stands, and can be put back there: that is what makes a resumed training
read the very records that the unbroken one would have read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np

from blobnet.proto import AnnotatedDatum, Datum
from blobnet.types import Array

State = dict[str, Any]
"""A position, in types that JSON has."""


def restore_rng(rng: np.random.Generator, state: State) -> None:
    """Put a generator back to where a state says. Raises an error of Python's where it cannot."""
    rng.bit_generator.state = state["rng"]
    inner = state["rng"]["state"]
    stuck = "inc" in inner and inner["inc"] % 2 == 0  # PCG64 may give one number for ever then
    if stuck or rng.bit_generator.state != state["rng"]:
        raise ValueError("the random generator does not take this state")


def whole_number(state: State, name: str) -> int:
    """A count or place in a state, which a file may hold as anything. Raises ValueError."""
    value = state[name]
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(f"{name} is no place: {type(value).__name__} {str(value)[:40]}")
    return value


class Record(NamedTuple):
    """One record, and the name by which errors call it."""

    key: str
    datum: Datum
    labels: Array | None = None
    """One or several, where they stand elsewhere than in the datum."""
    annotated: AnnotatedDatum | None = None
    """What the datum came with, in a database for detection."""

    @property
    def label(self) -> int | Array:
        return self.datum.label if self.labels is None else self.labels


class RecordIndex(NamedTuple):
    """Where each record of a database stands, for reading in any order; 8 bytes a record.

    places  (records,) in the order of the keys: numbers that mean something to who made them
    blocks  (blocks, 3) what they refer to, if anything
    """

    places: Array
    blocks: Array = np.empty((0, 3), np.uint64)


class RecordSource(ABC):
    """An endless sequence of records: after the last comes the first.

    A subclass opens what it reads in `__init__`, sets `name` for errors, and stands at the first
    record then. One source serves one thread; whoever reads elsewhere opens another.
    """

    name: str
    same_shape_hint = (
        "resize the images when the database is made (convert_imageset --resize_height "
        "--resize_width)"
    )
    """How to get records of one shape, for errors."""

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

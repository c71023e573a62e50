"""What a thread launches while somebody records it, so that it can be run again as it is.

    with record() as found:
        layer.forward(bottom, top)
    if found.is_complete: ...           # only `found.launches` have computed anything

What computes without a launch, in numpy or by a direct call, says so: `computes_otherwise`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Record:
    """Launches in their order; not `is_complete` where something else has computed as well."""

    def __init__(self) -> None:
        self.launches: list[Any] = []
        self.is_complete = True


class _Here(threading.local):
    record: Record | None = None


_here = _Here()


@contextmanager
def record() -> Iterator[Record]:
    """Collect what this thread launches in a `with` block."""
    before, found = _here.record, Record()
    _here.record = found
    try:
        yield found
    finally:
        _here.record = before


def is_recording() -> bool:
    """Whether launches are collected: then a kernel is better launched than called."""
    return _here.record is not None


def note(launch: Any) -> None:
    """This is launched."""
    if _here.record is not None:
        _here.record.launches.append(launch)


def computes_otherwise() -> None:
    """What is computed now is not launched."""
    if _here.record is not None:
        _here.record.is_complete = False

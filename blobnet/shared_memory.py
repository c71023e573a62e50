"""One memory for blobs that are never needed at the same time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal

from blobnet.blob import Blob
from blobnet.storage import Storage
from blobnet.types import DType


def share_memory(
    lifetimes: Iterable[tuple[Blob, int, int]],
    kind: Literal["data_storage", "diff_storage"] = "data_storage",
) -> None:
    """Let the data of blobs share memory where their lifetimes, first to last, do not overlap.

    kind  whether it is their data or their diff

    Blobs that share memory already stay together. Memory that has been used before keeps its
    blobs to itself: somebody may have written there what has to stay.
    """
    together: dict[int, list[Any]] = {}  # by storage: its blobs, from when to when it is needed
    for blob, first, last in lifetimes:
        storage = getattr(blob, kind)
        group = together.setdefault(id(storage), [[], first, last])
        group[0].append(blob)
        group[1], group[2] = min(group[1], first), max(group[2], last)
    free_from: list[tuple[Storage, int]] = []  # shared memory, and the last one to need it
    for blobs, first, last in sorted(together.values(), key=lambda group: int(group[1])):
        storage = getattr(blobs[0], kind)
        if storage.allocated and not storage.is_shared:
            continue
        count = max(math.prod(blob.shape) for blob in blobs)
        shared = _best_fit(free_from, count, storage.dtype, first, last)
        for blob in blobs:
            setattr(blob, kind, shared)


def _best_fit(
    free_from: list[tuple[Storage, int]], count: int, dtype: DType, first: int, last: int
) -> Storage:
    """Of the memory that is free, the one whose size fits best; or new memory."""
    fitting = [
        (abs(storage.capacity - count), number)
        for number, (storage, needed_to) in enumerate(free_from)
        if needed_to < first and storage.dtype == dtype
    ]
    if not fitting:
        free_from.append((Storage(count, dtype, is_shared=True), last))
        return free_from[-1][0]
    number = min(fitting)[1]
    storage = free_from[number][0]
    storage.capacity = max(storage.capacity, count)  # not allocated yet
    free_from[number] = (storage, last)
    return storage

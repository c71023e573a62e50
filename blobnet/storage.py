"""The memory of blobs: allocated when it is first looked at, shared where that is asked for."""

from __future__ import annotations

import math

import numpy as np

from blobnet.errors import BlobError, explain
from blobnet.limits import has_room, in_words
from blobnet.ops.values import in_blocks
from blobnet.types import Array, DType, Shape


class Storage:
    """Memory for the values or the gradient of a blob; blobs that share hold the same one."""

    __slots__ = ("_flat", "capacity", "dtype", "is_forgotten", "is_shared")

    def __init__(self, capacity: int, dtype: DType, *, is_shared: bool = False) -> None:
        self.capacity = capacity
        self.dtype = dtype
        self.is_shared = is_shared  # by blobs that are never needed at the same time
        self.is_forgotten = False  # what is there counts as zero, and has yet to be overwritten
        self._flat: Array | None = None  # allocated when it is first looked at

    @property
    def allocated(self) -> bool:
        return self._flat is not None

    def view(self, shape: Shape) -> Array:
        if self._flat is None:
            self._flat = zeros(self.capacity, self.dtype)
        return self._flat[: math.prod(shape)].reshape(shape)

    def clear(self) -> None:
        if self._flat is not None:
            in_blocks(lambda values: values.fill(0), self._flat)
        self.is_forgotten = False


def take_shared(
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


def zeros(count: int, dtype: DType) -> Array:
    try:
        if not has_room(count * dtype.itemsize):
            raise MemoryError
        return np.zeros(count, dtype)
    except (MemoryError, ValueError) as error:  # ValueError: beyond what numpy can address
        raise BlobError(
            explain(
                "not enough memory for a blob",
                got=f"{count} values of {dtype.itemsize} bytes: {in_words(count * dtype.itemsize)}",
                fix="use a smaller batch or a smaller shape",
            )
        ) from error

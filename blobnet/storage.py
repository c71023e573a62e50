"""The memory of blobs: allocated when it is first looked at, shared where that is asked for."""

from __future__ import annotations

import math
import sys
from typing import Any, NamedTuple

import numpy as np

from blobnet.errors import BlobError, explain
from blobnet.limits import has_room, in_words
from blobnet.ops.overflow import overflow_allowed
from blobnet.ops.values import in_blocks
from blobnet.ops.workspace import CACHE_LINE
from blobnet.types import Array, DType, Shape


class Spread(NamedTuple):
    """Between which values numbers lie, and how many are infinite or undefined."""

    lowest: float
    highest: float
    not_finite: int

    def __str__(self) -> str:
        """`-0.5 to 2.25`, `all 0`."""
        text = f"{self.lowest:.4g} to {self.highest:.4g}"
        if self.lowest == self.highest:
            text = f"all {self.lowest:.4g}"
        if self.not_finite:
            text = f"{text if self.lowest == self.lowest else ''}, {self.not_finite:,} not finite"
        return text.removeprefix(", ")


class Storage:
    """Memory for the values or the gradient of a blob; blobs that share hold the same one."""

    __slots__ = ("_flat", "capacity", "dtype", "is_shared", "views_made")

    def __init__(self, capacity: int, dtype: DType, *, is_shared: bool = False) -> None:
        self.capacity = capacity
        self.dtype = dtype
        self.is_shared = is_shared  # by blobs that are never needed at the same time
        self.views_made = 0  # arrays that look here, handed out so far
        self._flat: Array | None = None  # allocated when it is first looked at

    @property
    def allocated(self) -> bool:
        return self._flat is not None

    def view(self, shape: Shape) -> Array:
        self.views_made += 1
        if self._flat is None:
            self._flat = self._new_memory()
        return self._flat[: math.prod(shape)].reshape(shape)

    def _new_memory(self) -> Array:
        """What blobs share begins with a line of the processor's caches, as long vectors like it.

        Other memory is an array of its own, by which `has_viewers` counts.
        """
        if not self.is_shared:
            return zeros(self.capacity, self.dtype)
        spare = CACHE_LINE // self.dtype.itemsize
        memory = zeros(self.capacity + spare, self.dtype)
        begin = -memory.ctypes.data % CACHE_LINE // self.dtype.itemsize
        return memory[begin : begin + self.capacity]

    def move_to(self, memory: Array) -> None:
        """Go on in this flat array, which takes over the values. Views made before stay behind."""
        if self._flat is not None:
            memory[...] = self._flat
        self._flat = memory

    def has_viewers(self) -> bool:
        """Whether arrays that look here are alive: through them it may be written any time."""
        return self._flat is not None and _holders(self._flat) > _NO_VIEWERS

    def holds(self, array: Array) -> bool:
        """Whether an array looks here."""
        return self._flat is not None and _owner(array) is _owner(self._flat)

    def spread(self, count: int) -> Spread:
        """What the first values are like; it takes no memory where none were written."""
        if self._flat is None:
            return Spread(0.0, 0.0, 0)
        values = self._flat[:count]
        finite = values[np.isfinite(values)]
        if not finite.size:
            return Spread(math.nan, math.nan, count)
        return Spread(float(finite.min()), float(finite.max()), count - finite.size)

    def clear(self) -> None:
        if self._flat is not None:
            in_blocks(lambda values: values.fill(0), self._flat)


def _holders(array: Array) -> int:
    """How many names and arrays hold the memory of `array`."""
    owner = _owner(array)
    return sys.getrefcount(owner) if hasattr(sys, "getrefcount") else sys.maxsize


def _owner(array: Array) -> Any:
    """What keeps the memory of `array`: numpy names no views of views."""
    return array if array.base is None else array.base


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


def _holders_of_new_memory() -> int:
    storage = Storage(1, np.dtype(np.float32))
    storage.view((1,))
    return _holders(storage._flat) if storage._flat is not None else 0


_NO_VIEWERS = _holders_of_new_memory()
"""What `_holders` finds where nobody looks: counted, as Python's versions count differently."""


def cast(values: Array, dtype: DType) -> Array:
    """`values` in `dtype`. Raises BlobError where a finite one would become infinite."""
    if values.dtype == dtype:
        return values
    with overflow_allowed():  # it is looked into here
        result = values.astype(dtype)
    lost = np.isinf(result) & np.isfinite(values) if values.dtype.kind == "f" else np.zeros(0, bool)
    if lost.any():
        raise BlobError(
            explain(
                f"a number is too large for {dtype}",
                expected=f"at most {np.finfo(dtype).max:.3g}",
                got=f"{values[lost].flat[0]:.3g}, the first of {np.count_nonzero(lost)}",
                fix='numbers of this size need float64: dtype="float64"',
            )
        )
    return result

"""Scratch memory that all layers share: one set of buffers per thread.

A kernel that unfolds its input needs much memory for a short time. Taking it afresh costs page
faults, keeping it in every layer costs memory; so each thread keeps one buffer per purpose.
"""

from __future__ import annotations

import math
import sys
import threading

import numpy as np

from blobnet.limits import has_room, in_words
from blobnet.types import Array, DType, Shape

MAX_KEPT_BYTES = 64 * 2**20
"""A larger request gets memory of its own, which goes back when the caller lets go of it."""

CACHE_LINE = 64
"""Bytes."""


class _Buffers(threading.local):
    """What one thread keeps: bytes by purpose."""

    def __init__(self) -> None:
        self.by_purpose: dict[str, Array] = {}


_buffers = _Buffers()


def scratch(purpose: str, shape: Shape, dtype: DType) -> Array:
    """An array with old values, or 0, valid until this thread asks for `purpose` again.

    Raises MemoryError where the machine has not so much left.
    """
    size = math.prod(shape) * dtype.itemsize
    if size > sys.maxsize or not has_room(size):
        raise MemoryError(f"{in_words(size)} for what is computed on the way ({purpose})")
    if size > MAX_KEPT_BYTES:
        return np.empty(shape, dtype)  # fresh from the system, which gives zeros
    kept = _buffers.by_purpose.get(purpose)
    if kept is None or kept.size < size:
        kept = _buffers.by_purpose[purpose] = _aligned(size)
    return kept[:size].view(dtype).reshape(shape)


def aligned(count: int, dtype: DType) -> Array:
    """So many values, all 0, that begin where a line of the processor's caches does."""
    return _aligned(count * dtype.itemsize).view(dtype)


def _aligned(size: int) -> Array:
    """So many bytes, all of them 0, that begin where a line of the processor's caches does.

    What lies around what a kernel has written is computed with, too, though the result is thrown
    away. What was left there by somebody else may be numbers near 0, and with those below 1e-38 a
    processor takes a hundred times as long.
    """
    memory = np.empty(size + CACHE_LINE, np.uint8)
    memory.fill(0)  # not np.zeros: that leaves it in small pages
    begin = -memory.ctypes.data % CACHE_LINE
    return memory[begin : begin + size]


def conv_scratch(purpose: str, count: int, like: Array) -> Array:
    """The same for a kernel of a convolution: `count` values in a row, of the type of `like`."""
    return scratch(f"conv {purpose}", (count,), like.dtype)


def release() -> None:
    """Give back what this thread keeps."""
    _buffers.by_purpose.clear()

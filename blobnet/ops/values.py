"""Work on the single values of flat arrays, in several threads where there are many."""

from __future__ import annotations

from collections.abc import Callable

from blobnet.ops.parallel import for_ranges
from blobnet.ops.recording import computes_otherwise
from blobnet.types import Array

MANY = 2**18
"""Values from which on it pays to wake other threads: that takes as long as some 2**16."""

BLOCK = 2**14
"""Values that stay in a cache, while one numpy operation after the other goes over them."""

LINE = 64
"""Values that stay together, so that no two threads write to the same line of a cache."""


def for_values(work: Callable[[int, int], None], count: int, width: int = 1) -> None:
    """Call `work(begin, end)` until all of range(count) is done; see `parallel.for_ranges`.

    width  how many values each item has
    """
    computes_otherwise()
    if count * width < MANY:
        if count:
            work(0, count)
        return
    step = -(-LINE // width)

    def some_steps(begin: int, end: int) -> None:
        work(begin * step, min(end * step, count))

    for_ranges(some_steps, -(-count // step))


def in_blocks(work: Callable[..., None], *arrays: Array) -> None:
    """work(*arrays) for numpy operations that treat every value alike, a block at a time.

    The arrays have one shape.
    """
    computes_otherwise()
    size = arrays[0].size
    if size <= BLOCK or not are_flat(*arrays):
        work(*arrays)
        return
    flat = [array.reshape(-1) for array in arrays]

    def some_values(begin: int, end: int) -> None:
        for at in range(begin, end, BLOCK):
            work(*(array[at : min(at + BLOCK, end)] for array in flat))

    for_values(some_values, size)


def are_flat(*arrays: Array) -> bool:
    """Whether all arrays have one number type, and lie in memory as one row each."""
    dtype = arrays[0].dtype
    for array in arrays:  # noqa: SIM110 - called for every small layer: `all` is slower
        if not array.flags.c_contiguous or array.dtype != dtype:
            return False
    return True

"""How a kernel is started: with all that it takes in one row of numbers.

    launch(kernel, items, (x, slope, y), products=len(x))

A kernel is called as kernel(begin, end, *arguments) for a part of its items; it does the same
whatever the parts are. Its entry (`simd/entry.py`) takes the arguments from a row of 64-bit
numbers, so that a list of launches can be run again, by several threads, without the interpreter:
`recording.py` collects them for the inference mode.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from ctypes import addressof, c_char
from functools import cache, lru_cache
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from blobnet.ops import parallel
from blobnet.ops.jit import compiled
from blobnet.ops.parallel import PRODUCTS_PER_VALUE
from blobnet.ops.pool_words import AWAKE
from blobnet.ops.recording import is_recording, note
from blobnet.ops.values import LINE
from blobnet.ops.workspace import scratch
from blobnet.types import Array, DType, IntArray

Plan = TypeVar("Plan", bound=tuple[Any, ...])


class Scratch(NamedTuple):
    """An argument: memory for what is computed on the way, for each thread its own.

    The kernel gets an array of so many values, which hold what the last one has left.
    """

    purpose: str
    size: int
    dtype: DType


class Fixed(Generic[Plan]):
    """An argument that stays the same, such as a plan: it is taken apart once.

    value  a NamedTuple of whole numbers, arrays and such tuples
    """

    __slots__ = ("kind", "numbers", "value")

    def __init__(self, value: Plan) -> None:
        self.value = value
        self.numbers = _numbers_of(value)
        self.kind = _small_number((type(value), *map(_kind_of, value)))


class Launch:
    """A kernel with its arguments.

    entry     the address of its entry
    rows      what the entry takes, a row for each thread
    count     how many items there are; so many as are `together` have something in common, which
              is made once where one thread does them one after the other
    products  how many multiplications all of it takes, about: whether it is worth several threads
    numbers   all of these, as `pool_kernel.run` takes them
    arrays    whose memory it looks at
    fixed     plans, whose arrays it looks at, too
    """

    __slots__ = (
        "arrays", "count", "entry", "fixed", "numbers", "pool", "products", "rows", "together",
    )  # fmt: skip

    def __init__(
        self,
        kernel: Any,
        count: int,
        arguments: Sequence[Any],
        products: int,
        together: int = 1,
    ) -> None:
        self.count, self.products, self.together = count, products, together
        self.arrays: list[Array] = []
        self.fixed: list[Fixed[Any]] = []
        kinds: list[Any] = [kernel]
        numbers: list[int] = []
        places: list[tuple[int, int]] = []  # of scratch memory, and from one thread's to the next
        self.pool = pool = parallel.the_pool()
        threads = pool.num_threads if products >= AWAKE and count > 1 else 1
        for value in arguments:
            kind = type(value)
            if kind is np.ndarray:
                self.arrays.append(value)
                kinds.append(_kind_of_array(value))
                numbers.append(_address(value))
                numbers += value.shape
            elif kind is Fixed:
                self.fixed.append(value)
                kinds.append(value.kind)
                numbers += value.numbers
            elif kind is Scratch:
                memory = scratch(value.purpose, (threads, value.size), value.dtype)
                self.arrays.append(memory)
                kinds.append(value.dtype.char)
                places.append((len(numbers), memory.strides[0]))
                numbers += (_address(memory), value.size)
            elif kind is tuple and {*map(type, value)} == {int}:
                kinds.append(_sizes(value).kind)
                numbers += _sizes(value).numbers
            else:
                self.arrays += _arrays_of(value)
                kinds.append(_kind_of(value))
                numbers += _numbers_of(value)
        key = tuple(kinds)
        entry = _entries.get(key)
        if entry is None:
            entry = _entries[key] = _entry(kernel, arguments)
        self.entry = entry
        self.rows = rows = _rows(numbers, places, threads)
        size = rows.itemsize * rows.shape[1]
        self.numbers = (entry, _address(rows), size, count, together, products)

    def is_current(self) -> bool:
        """Whether the threads that it was made for still work."""
        return self.pool is parallel.the_pool()

    def look_at(self, *arrays: Array) -> None:
        """Take other arrays of the same shapes for the first arguments, flat arrays all of them."""
        for place, array in enumerate(arrays):
            self.rows[:, 2 * place] = _address(array)
        self.arrays[: len(arrays)] = arrays

    def run(self) -> None:
        """Do it, in several threads where that pays. Raises MemoryError where a kernel does."""
        if not self.pool.run(*self.numbers):
            raise MemoryError("not enough memory for what a compiled kernel computes on the way")


def launch(
    kernel: Any, count: int, arguments: Sequence[Any], products: int, together: int = 1
) -> None:
    """Run a kernel over range(count): see `Launch`."""
    its = Launch(kernel, count, arguments, products, together)
    note(its)
    its.run()


def launch_over_values(kernel: Any, count: int, arguments: Sequence[Any], width: int = 1) -> None:
    """Run a kernel over range(count), each item of so many values.

    With few of them, or a single thread, it is called: that takes less time than a launch. And
    values that stay in the cache of a processor are soon looked at there again: another one would
    have to fetch them.
    """
    products = count * width * PRODUCTS_PER_VALUE
    is_shared = products >= parallel.MANY_PRODUCTS and parallel.the_pool().num_threads > 1
    if not (is_shared or is_recording()):
        is_plain = _PREPARED.isdisjoint(map(type, arguments))
        kernel(0, count, *(arguments if is_plain else map(_as_called, arguments)))
    else:
        launch(kernel, count, arguments, products, together=-(-LINE // max(width, 1)))


_PREPARED = {Scratch, Fixed}


def _as_called(value: Any) -> Any:
    if isinstance(value, Scratch):
        return scratch(value.purpose, (value.size,), value.dtype)
    return value.value if isinstance(value, Fixed) else value


# --- numbers --------------------------------------------------------------------------------------

_entries: dict[tuple[Any, ...], int] = {}


def _entry(kernel: Any, arguments: Sequence[Any]) -> int:
    entries: Any = compiled("simd.entry")
    return int(entries.entry_of(kernel, [*map(_as_called, arguments)]))


@lru_cache(maxsize=4096)
def _sizes(value: tuple[int, ...]) -> Fixed[tuple[int, ...]]:
    return Fixed(value)


@cache
def _small_number(kind: tuple[Any, ...]) -> int:
    """In the place of a long tuple, which takes time to compare."""
    return next(_small_numbers)


_small_numbers = count()


def _kind_of_array(array: Array) -> Any:
    return array.dtype.char, array.ndim, array.flags.writeable


def _kind_of(value: Any) -> Any:
    """What decides how a kernel is compiled."""
    if isinstance(value, np.ndarray):
        return _kind_of_array(value)
    if isinstance(value, tuple):
        return (type(value), *map(_kind_of, value))
    return type(value)


def _arrays_of(value: Any) -> list[Array]:
    if isinstance(value, tuple):
        return [array for part in value for array in _arrays_of(part)]
    return [value] if isinstance(value, np.ndarray) else []


def _numbers_of(value: Any) -> list[int]:
    """What an entry takes for an argument: see `simd/entry.py`."""
    if isinstance(value, np.ndarray):
        return [_address(value), *value.shape]
    if isinstance(value, tuple):
        return [number for part in value for number in _numbers_of(part)]
    if value is None:
        return []
    if isinstance(value, (float, np.floating)):
        return list(struct.unpack("q", struct.pack("d", value)))
    return [int(value)]


def _address(array: Array) -> int:
    if not array.flags.c_contiguous:
        raise ValueError("an array that a kernel looks at must lie in one piece")
    if array.size and array.flags.writeable:
        return addressof(c_char.from_buffer(array.data))  # half of the time of the other way
    return int(array.__array_interface__["data"][0])


def _rows(numbers: list[int], places: list[tuple[int, int]], threads: int) -> IntArray:
    rows = np.empty((threads, len(numbers)), np.int64)
    rows[:] = numbers
    if threads > 1:
        for at, step in places:
            rows[:, at] += np.arange(threads) * step
    return rows

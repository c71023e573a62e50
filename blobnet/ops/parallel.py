"""Threads over chunks of work, with one BLAS thread in each.

numpy and BLAS let go of the interpreter while they compute, so plain threads run side by side.
That is faster than letting BLAS split each of the many small products of a batch, and it is safe
where others use the processor too: BLAS threads that wait for one another burn time.

Chunks must be cut by a rule that does not know the number of threads, and write to places of
their own; then neither does the result.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class _Pool:
    """The helpers beside the calling thread; made when first needed, and anew after a fork."""

    def __init__(self, num_threads: int) -> None:
        self.num_threads = num_threads
        self.process = os.getpid()
        self._executor = ThreadPoolExecutor(max(num_threads - 1, 1), "blobnet-worker")

    def run_beside(self, work: Callable[[], None]) -> None:
        """Run `work` in the calling thread and in all helpers; raises what any of them raises."""
        futures = [self._executor.submit(work) for _ in range(self.num_threads - 1)]
        try:
            work()
        finally:
            for future in futures:
                future.result()

    def close(self) -> None:
        self._executor.shutdown(wait=False)


_lock = threading.Lock()
_pool: _Pool | None = None
_num_threads: int | None = None
_busy = threading.local()  # whether this thread is already inside `for_each`


def num_threads() -> int:
    """How many threads work on a batch: all processors this process may use, unless set."""
    if _num_threads is not None:
        return _num_threads
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def set_num_threads(number: int | None) -> None:
    """Use this many threads from now on; None for all processors."""
    global _num_threads, _pool
    with _lock:
        _num_threads = number
        if _pool is not None:
            _pool.close()
        _pool = None


def for_each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Call `work` with every item, in several threads; the results in the items' order.

    Raises what a call raises.
    """
    items = list(items)
    if len(items) < 2 or num_threads() < 2 or getattr(_busy, "yes", False):
        return [work(item) for item in items]
    waiting = iter(range(len(items)))
    results: dict[int, Result] = {}
    taking = threading.Lock()

    def take_turns() -> None:
        _busy.yes = True
        try:
            while True:
                with taking:
                    number = next(waiting, None)
                if number is None:
                    return
                results[number] = work(items[number])
        finally:
            _busy.yes = False

    _the_pool().run_beside(take_turns)
    return [results[number] for number in range(len(items))]


def for_ranges(work: Callable[[int, int], None], count: int) -> None:
    """Call `work(begin, end)` until all of range(count) is done, in several threads.

    Each item must be the same whatever range it comes in: then so is the result, whatever the
    number of threads.
    """
    threads = num_threads()
    if threads < 2 or count < 2 or getattr(_busy, "yes", False):
        if count:
            work(0, count)
        return
    pieces = min(count, threads * 2)
    ends = [count * piece // pieces for piece in range(pieces + 1)]
    for_each(lambda piece: work(ends[piece], ends[piece + 1]), range(pieces))


def _the_pool() -> _Pool:
    global _pool
    with _lock:
        if _pool is None or _pool.process != os.getpid():
            _pool = _Pool(num_threads())
        return _pool


def use_one_blas_thread() -> None:
    """Let BLAS compute each product in the thread that asks, once for the whole process.

    Where the environment says how many threads BLAS is to use, that is left as it is.
    """
    global _blas_is_set
    if _blas_is_set or any(name in os.environ for name in _BLAS_VARIABLES):
        return
    _blas_is_set = True
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


_blas_is_set = False

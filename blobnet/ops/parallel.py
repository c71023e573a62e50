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
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import numpy as np

from blobnet.errors import BlobnetError, explain
from blobnet.ops.jit import compiled

Item = TypeVar("Item")
Result = TypeVar("Result")

ROUNDS = 16000
"""How often a thread looks out for another before it sleeps: some 400 microseconds. Waking up
takes 50 and more, and most of what is done between two layers takes less than that."""

PAUSES = 600
"""How long a thread that has seen a signal leaves the interpreter to the one that gave it."""

_BLAS_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class _Signal:
    """An event that who waits for it looks out for a little while, and only then sleeps."""

    def __init__(self) -> None:
        self._flag = np.zeros(1, np.int64)
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()
        self._flag[0] = 1

    def set_and_look_out(self, following: _Signal) -> None:
        """Set this, and return when `following` is set, or after some 400 microseconds.

        A thread that looks out for this one sees it only when the interpreter is free for it:
        waiting for that would put it to sleep.
        """
        self._event.set()
        kernels: Any = compiled("waiting")
        if kernels is not None:
            kernels.set_and_look_out(self._flag, following._flag, ROUNDS, PAUSES)

    def wait(self) -> None:
        """Return when it is set."""
        kernels: Any = compiled("waiting")
        if kernels is not None:
            kernels.look_out(self._flag, ROUNDS)
        self._event.wait()


class _Task:
    """Work for a helper, and how it ended."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self.end = _Signal()

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # raised where the work came from
            self._error = error

    def result(self) -> None:
        """Wait for the end; raises what the work raised."""
        self.end.wait()
        if self._error is not None:
            raise self._error


class _Helper:
    """A thread that does one task at a time, and looks out for the next before it sleeps."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, "blobnet-worker")  # wakes it up, and ends it
        self._lock = threading.Lock()
        self._is_busy = self._is_awake = False
        self._task: _Task | None = None
        self._given = _Signal()

    def begin(self, work: Callable[[], None]) -> _Task | None:
        """Have it done beside the calling thread; None if the helper works for another thread."""
        with self._lock:
            if self._is_busy:
                return None
            self._is_busy = True
            self._task = task = _Task(work)
            if self._is_awake:
                self._given.set()
            else:
                self._is_awake = True
                self._executor.submit(self._run)
        return task

    def _run(self) -> None:
        try:
            while (task := self._next_task()) is not None:
                task.run()
                with self._lock:
                    self._is_busy, self._given = False, _Signal()
                end = task.end
                del task  # and with it what the work refers to
                end.set_and_look_out(self._given)
        finally:
            self._is_awake = False  # also where looking out has failed: then the next one wakes it

    def _next_task(self) -> _Task | None:
        with self._lock:
            task, self._task = self._task, None
            self._is_awake = task is not None
        return task


class _Pool:
    """The helpers beside the calling thread; made when first needed."""

    def __init__(self, num_threads: int) -> None:
        self.num_threads = num_threads
        self._helpers = [_Helper() for _ in range(num_threads - 1)]

    def run_beside(self, work: Callable[[], None]) -> None:
        """Run `work` in the calling thread and in all free helpers; raises what any raises."""
        tasks = [helper.begin(work) for helper in self._helpers]
        try:
            work()
        finally:
            for task in tasks:
                if task is not None:
                    task.result()


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
    """Let this many threads work on a batch from now on; None for all processors.

    It is a setting of the whole process, and changes no result. What a number says goes for BLAS
    too, whatever the environment says: its products are computed in these threads.

    Raises BlobnetError for what is no number of threads.
    """
    global _num_threads, _pool
    if number is not None:
        _check_number(number)
        _limit_blas()
    with _lock:
        _num_threads = number
        _pool = None  # its threads end when nobody works with them any more


@contextmanager
def threads_set_to(number: int | None) -> Iterator[None]:
    """Let this many threads work inside a `with` block; None changes nothing."""
    before = _num_threads
    if number is not None:
        set_num_threads(number)
    try:
        yield
    finally:
        if number is not None:
            set_num_threads(before)


def _check_number(number: object) -> None:
    if isinstance(number, (int, np.integer)) and not isinstance(number, bool) and number >= 1:
        return
    raise BlobnetError(
        explain(
            "this is no number of threads",
            expected="an integer, 1 or more",
            got=repr(number),
            fix="None lets blobnet use all processors",
        )
    )


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
        if _pool is None:
            _pool = _Pool(num_threads())
        return _pool


def _after_fork() -> None:
    """The helpers are not in the new process, and who held the lock may not be there either."""
    global _lock, _pool
    _lock, _pool = threading.Lock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def use_one_blas_thread() -> None:
    """Let BLAS compute each product in the thread that asks, once for the whole process.

    Where the environment says how many threads BLAS is to use, that is left as it is.
    """
    if not any(name in os.environ for name in _BLAS_VARIABLES):
        _limit_blas()


@cache
def _limit_blas() -> None:
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")

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
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import TypeVar

import numpy as np

from blobnet.errors import BlobnetError, explain
from blobnet.loggers import named_logger
from blobnet.ops.overflow import allow_overflow
from blobnet.ops.pool import Pool
from blobnet.ops.recording import computes_otherwise

Item = TypeVar("Item")
Result = TypeVar("Result")

MANY_PRODUCTS = 2**21
"""Multiplications from which on it pays to share work: another thread takes up work in some 10
microseconds, and after a rest in hundreds. One thread alone does as many in some 40."""

PRODUCTS_PER_VALUE = 8
"""As many multiplications take as long as reading or writing a value."""

log = named_logger("blobnet")

_lock = threading.Lock()
_pool: Pool | None = None
_executor_: ThreadPoolExecutor | None = None
_num_threads: int | None = None
_busy = threading.local()  # whether this thread is already inside `for_each`


def num_threads() -> int:
    """How many threads work on a batch: all processors this process may use, unless set."""
    if _num_threads is not None:
        return _num_threads
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


MOST_THREADS = 1024
"""Every thread takes memory of its own; no machine that trains nets has more processors."""


def set_num_threads(number: int | None) -> None:
    """Let this many threads work on a batch from now on; None for all processors.

    It is a setting of the whole process, and changes no result. What a number says goes for BLAS
    too, whatever the environment says: its products are computed in these threads.

    Raises BlobnetError for what is no number of threads.
    """
    global _num_threads, _pool, _executor_
    if number is not None:
        _check_number(number)
        use_one_blas_thread()
    with _lock:
        _num_threads = number
        _pool = _executor_ = None  # their threads end when nobody works with them any more


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
    is_whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    if is_whole and 1 <= int(number) <= MOST_THREADS:  # type: ignore[call-overload]
        return
    raise BlobnetError(
        explain(
            "this is no number of threads",
            expected=f"an integer of at most {MOST_THREADS}, 1 or more",
            got=repr(number),
            fix="None lets blobnet use all processors",
        )
    )


def for_each(
    work: Callable[[Item], Result], items: Iterable[Item], products: int = MANY_PRODUCTS
) -> list[Result]:
    """Call `work` with every item, in several threads; the results in the items' order.

    For what the interpreter does: a compiled kernel is launched (`launch.py`).

    products  how many multiplications all of it takes, about: with few, one thread does it

    Raises what a call raises.
    """
    computes_otherwise()
    items = list(items)
    if len(items) < 2 or not _is_shared(products):
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

    pool = _pool
    with nullcontext() if pool is None else pool.letting_workers_sleep():
        tasks = _submit(take_turns, min(num_threads(), len(items)) - 1)
        try:
            take_turns()
        finally:  # a thread that comes late has nothing to do, and is not waited for
            begun = [task for task in tasks if not task.cancel()]
            wait(begun)
    for task in begun:
        task.result()
    return [results[number] for number in range(len(items))]


def for_ranges(work: Callable[[int, int], None], count: int, products: int = MANY_PRODUCTS) -> None:
    """Call `work(begin, end)` until all of range(count) is done, in several threads.

    products  how many multiplications all of it takes, about: with few, one thread does it

    Each item must be the same whatever range it comes in: then so is the result, whatever the
    number of threads.
    """
    computes_otherwise()
    if count < 2 or not _is_shared(products):
        if count:
            work(0, count)
        return
    pieces = min(count, num_threads() * 2)
    ends = [count * piece // pieces for piece in range(pieces + 1)]
    for_each(lambda piece: work(ends[piece], ends[piece + 1]), range(pieces))


def _is_shared(products: int) -> bool:
    """Whether several threads should do so much; not within work that they share already."""
    return products >= MANY_PRODUCTS and num_threads() > 1 and not getattr(_busy, "yes", False)


def the_pool() -> Pool:
    """The threads that run compiled kernels beside the calling one."""
    global _pool
    pool = _pool
    if pool is None:
        with _lock:
            if _pool is None:
                _pool = Pool(num_threads())
            pool = _pool
    return pool


def _submit(work: Callable[[], None], times: int) -> list[Future[None]]:
    """Have other threads do it, too: as many as there are."""
    tasks: list[Future[None]] = []
    try:
        for _ in range(times):
            tasks.append(Future())  # first: a thread may take up what `submit` raises for
            _executor().submit(_run, tasks[-1], work)
    except RuntimeError as error:  # the system has no more threads, or the interpreter ends
        log.debug("there is no thread to help: %s", error)
    return tasks


def _run(task: Future[None], work: Callable[[], None]) -> None:
    if task.set_running_or_notify_cancel():
        try:
            work()
            task.set_result(None)
        except BaseException as error:  # raised where the work came from
            task.set_exception(error)


def _executor() -> ThreadPoolExecutor:
    global _executor_
    with _lock:
        if _executor_ is None:
            _executor_ = ThreadPoolExecutor(
                max(1, num_threads() - 1), "blobnet-helper", initializer=allow_overflow
            )
        return _executor_


def _after_fork() -> None:
    """The workers are not in the new process, and who held the lock may not be there either."""
    global _lock, _pool, _executor_
    _lock, _pool, _executor_ = threading.Lock(), None, None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@cache
def use_one_blas_thread() -> None:
    """Let BLAS compute each product in the thread that asks, once for the whole process.

    Whatever the environment says: BLAS threads of their own would cut products in other places,
    where they are rounded otherwise, and they would be too many beside ours.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")

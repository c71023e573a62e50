"""Work on many items on all processors, whose results come in the order of the items."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from blobnet.ops.parallel import num_threads

Item = TypeVar("Item")
Result = TypeVar("Result")

_SHARE = 2**20  # bytes of results that are worth a turn of a thread
_MOST = 32  # items in a turn


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], size: Callable[[Result], int]
) -> Iterator[Result]:
    """The results of `work` for all items; threads are a few turns ahead of who takes them.

    items  taken one after the other, in the thread that takes the results
    size   bytes of a result, roughly: many small ones are worked on in one turn

    What `work` raises is raised when it is the turn of its result. Memory is that of some results
    for each thread, however many items there are.
    """
    threads = num_threads()
    coming = iter(items)
    waiting: deque[Future[list[Result]]] = deque()
    share = 1
    executor = ThreadPoolExecutor(threads, thread_name_prefix="blobnet-in-order")
    try:
        while True:
            while len(waiting) <= 2 * threads and (some := list(islice(coming, share))):
                waiting.append(executor.submit(_work_on, work, some))
            if not waiting:
                return
            results = waiting.popleft().result()
            share = min(max(_SHARE // max(*map(size, results), 1), 1), _MOST)
            yield from results
    finally:
        executor.shutdown(cancel_futures=True)


def _work_on(work: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [work(item) for item in items]

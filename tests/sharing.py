"""What threads share in tests: all there is, as if each piece of work were large."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from blobnet.ops import launch, parallel, pool, pool_words, values

AN_HOUR = 3600


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pools made from now on do not mind how busy the machine is."""
    monkeypatch.setattr(pool, "LATE", AN_HOUR)
    monkeypatch.setattr(pool, "LOOK", AN_HOUR)


def share_all(monkeypatch: pytest.MonkeyPatch, cut: list[int]) -> None:
    """Cut all work into pieces, and note in `cut` for how many threads."""
    be_patient(monkeypatch)
    run, submit = pool.Pool.run, parallel._submit

    def run_shared(
        self: pool.Pool, entry: int, rows: int, row: int, count: int, together: int, products: int
    ) -> bool:
        if count > 1 and self.num_threads > 1:
            cut.append(self.num_threads)
        return run(self, entry, rows, row, count, together, max(products, pool_words.ASLEEP))

    def submit_noted(work: Callable[[], None], times: int) -> list[Future[None]]:
        cut.append(parallel.num_threads())
        return submit(work, times)

    monkeypatch.setattr(launch, "AWAKE", 0)
    monkeypatch.setattr(pool.Pool, "run", run_shared)
    monkeypatch.setattr(values, "MANY", 1)
    monkeypatch.setattr(parallel, "MANY_PRODUCTS", 0)
    monkeypatch.setattr(parallel, "_submit", submit_noted)
    parallel.set_num_threads(parallel._num_threads)  # with a new pool


def pool_without_workers(threads: int) -> pool.Pool:
    """A new pool whose threads never come: the caller does all that is shared."""
    parallel.set_num_threads(threads)
    its = parallel.the_pool()
    its._set_waiting_times()
    its._has_started = True
    its.words[pool_words.WORKERS] = threads - 1
    return its

"""Workers beside the calling thread, which run compiled kernels without the interpreter.

How they share work, and wait for one another, is in `pool_kernel.py`. A worker that waits spins
for a little while before it sleeps: waking up takes longer than most of what is done between two
layers. `BLOBNET_SPIN=0` in the environment lets it sleep at once.

Where other programs have the processors, a thread that is preempted in the middle of its work lets
the others wait. A pool that has met this works in the calling thread alone for some time, the
longer the more often; so it costs little on a busy machine, and comes back on a quiet one.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from blobnet.ops import pool_words as at
from blobnet.ops.jit import compiled
from blobnet.types import IntArray

resource: Any
try:
    import resource
except ImportError:  # Windows
    resource = None

SPIN = 0.0 if os.environ.get("BLOBNET_SPIN") == "0" else 0.0004
"""Seconds for which a worker looks for work before it sleeps."""

PATIENCE = 0.001
"""Seconds for which the caller looks for the end of what workers do before it sleeps."""

LATE = 0.0005
"""Seconds that may be lost by waiting for a worker, before it counts as late."""

PRODUCTS_A_SECOND = 2e11
"""As many multiplications as a quarter of the time of a job is, on a fast processor."""

LOOK, BUSY = 0.02, 100
"""Every so many seconds it is asked whether other programs have the processors: where this
process lost one to somebody more often than so many times a second."""


class Pool:
    """The workers beside the calling thread, which may be any thread, and several at once."""

    def __init__(self, num_threads: int) -> None:
        self.num_threads = num_threads
        self._kernels: Any = compiled("pool_kernel")
        self._num_workers = num_threads - 1 if self._kernels is not None else 0
        self._started = threading.Lock()
        self._has_started = False
        self._looked_at, self._preemptions = time.perf_counter(), _preemptions()
        self.words = self._make_words()

    def run(
        self, entry: int, rows: int, row: int, count: int, together: int, products: int
    ) -> bool:
        """`pool_kernel.run`: a kernel, by its entry; whether it has not raised."""
        if not self._has_started:
            self._start()
        succeeded = self._kernels.run(self.words, entry, rows, row, count, together, products)
        self._look_around()
        return bool(succeeded)

    def run_steps(self, steps: IntArray, first: int, products: int) -> int:
        """`pool_kernel.run_steps`: a list of kernels."""
        if not self._has_started:
            self._start()
        done = int(self._kernels.run_steps(self.words, steps, first, products))
        self._look_around()
        return done

    @contextmanager
    def letting_workers_sleep(self) -> Iterator[None]:
        """Have no worker spin in a `with` block: its processor is wanted otherwise."""
        self.words[at.SPIN] = 0
        try:
            yield
        finally:
            self.words[at.SPIN] = self._spin

    def _make_words(self) -> IntArray:
        words = np.zeros(at.FIRST_WORKER + self._num_workers * at.LINE, np.int64)
        self._spin = 0
        if not self._num_workers:
            return words
        second = _rounds_in_a_second(self._kernels)
        self._spin = int(SPIN * second)
        words[at.SPIN], words[at.PATIENCE] = self._spin, int(PATIENCE * second)
        words[at.LATE] = int(LATE * second)
        words[at.WORTH_A_ROUND] = max(1, int(PRODUCTS_A_SECOND / second))
        words[at.ACQUIRE], words[at.RELEASE] = _LOCKS.acquire, _LOCKS.release
        words[at.CALLER_LOCK] = _LOCKS.make()
        words[at.WORKERS] = self._num_workers
        words[at.WELL_DONE] = self._kernels.TRUSTED
        for worker in range(self._num_workers):
            words[at.FIRST_WORKER + worker * at.LINE + at.LOCK] = _LOCKS.make()
        return words

    def _start(self) -> None:
        with self._started:
            if self._has_started:
                return
            self._has_started = True
            threads = []
            for number in range(self._num_workers):
                name = f"blobnet-worker-{number}"
                kernel, arguments = self._kernels.work, (self.words, number)
                threads.append(
                    threading.Thread(target=kernel, args=arguments, name=name, daemon=True)
                )
                threads[-1].start()
            atexit.register(_end, self.words, self._kernels, threads)
            weakref.finalize(self, _stop, self.words, self._kernels).atexit = False

    def _look_around(self) -> None:
        """Ask, now and then, whether other programs have the processors."""
        now = time.perf_counter()
        passed = now - self._looked_at
        if passed < LOOK:
            return
        preemptions = _preemptions()
        lost = preemptions - self._preemptions
        self._looked_at, self._preemptions = now, preemptions
        is_alone = self.words[at.ALONE] > 0
        if not is_alone and passed < 2 * LOOK and lost > BUSY * passed:
            self._kernels.go_alone(self.words)


def _stop(words: IntArray, kernels: Any) -> None:
    words[at.STOP] = 1
    if kernels is not None:
        kernels.wake_workers(words)


def _end(words: IntArray, kernels: Any, threads: list[threading.Thread]) -> None:
    """Before the interpreter ends, and with it the memory that workers look at."""
    _stop(words, kernels)
    for thread in threads:
        thread.join(1.0)


def _rounds_in_a_second(kernels: Any) -> float:
    words = np.zeros(1, np.int64)
    kernels.rest(words, 100)
    begin = time.perf_counter()
    kernels.rest(words, 2000)
    return 2000 / (time.perf_counter() - begin)


def _preemptions() -> int:
    """How often a thread of this process lost its processor to somebody; 0 where nobody counts."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw if resource else 0


class _Locks:
    """Locks of the operating system, as the interpreter wraps them: they need no interpreter."""

    def __init__(self) -> None:
        library = ctypes.pythonapi
        library.PyThread_allocate_lock.restype = ctypes.c_void_p
        library.PyThread_acquire_lock.argtypes = [ctypes.c_void_p, ctypes.c_int]
        self.acquire = ctypes.cast(library.PyThread_acquire_lock, ctypes.c_void_p).value or 0
        self.release = ctypes.cast(library.PyThread_release_lock, ctypes.c_void_p).value or 0

    def make(self) -> int:
        """A lock that is taken: who waits for it sleeps until it is released."""
        lock = ctypes.pythonapi.PyThread_allocate_lock()
        if not lock:
            raise MemoryError("a lock for another thread")
        ctypes.pythonapi.PyThread_acquire_lock(lock, 0)
        return int(lock)


_LOCKS = _Locks()

"""Workers beside the calling thread, which run compiled kernels without the interpreter.

How they share work, and wait for one another, is in `pool_kernel.py`. A worker that waits spins
for a little while before it sleeps: waking up takes longer than most of what is done between two
layers. `BLOBNET_SPIN=0` in the environment lets it sleep at once.

Where other programs have the processors, a thread that is preempted in the middle of its work lets
the others wait. A pool that has met this works in the calling thread alone for some time, the
longer the more often; so it costs little on a busy machine, and comes back on a quiet one.
"""

from __future__ import annotations

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
from blobnet.ops.workers import Workers, locks, put_clock
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
"""Seconds that may be lost by waiting for a worker, beyond its last piece, before it is late."""

LOOK, BUSY = 0.02, 50
"""Every so many seconds it is asked whether other programs have the processors: where each thread
lost its own to somebody more often than so many times a second."""


class Pool:
    """The workers beside the calling thread, which may be any thread, and several at once."""

    def __init__(self, num_threads: int) -> None:
        self.num_threads = num_threads
        self._kernels: Any = compiled("pool_kernel")
        self._num_workers = num_threads - 1 if self._kernels is not None else 0
        self._changing = threading.Lock()
        self._has_started = not self._num_workers
        self._resting = 0  # how many calling threads want the workers to sleep
        self._looked_at, self._preemptions = time.perf_counter(), _preemptions()
        self.words = self._make_words()

    def run(
        self, entry: int, rows: int, row: int, count: int, together: int, products: int
    ) -> bool:
        """`pool_kernel.run`: a kernel, by its entry; whether it has not raised."""
        if not self._has_started and products >= at.AWAKE:
            self._start()
        succeeded = self._kernels.run(self.words, entry, rows, row, count, together, products)
        self._look_around()
        return bool(succeeded)

    def run_steps(self, steps: IntArray, first: int, products: int) -> int:
        """`pool_kernel.run_steps`: a list of kernels."""
        if self._kernels is None:  # then nobody has an entry
            return first
        if not self._has_started and products >= at.AWAKE:
            self._start()
        done = int(self._kernels.run_steps(self.words, steps, first, products))
        self._look_around()
        return done

    @contextmanager
    def letting_workers_sleep(self) -> Iterator[None]:
        """Have no worker spin in a `with` block: its processor is wanted otherwise."""
        self._rest(1)
        try:
            yield
        finally:
            self._rest(-1)

    def _rest(self, change: int) -> None:
        with self._changing:
            self._resting += change
            self.words[at.SPIN] = 0 if self._resting else self._spin

    def _make_words(self) -> IntArray:
        words = np.zeros(at.FIRST_WORKER + self._num_workers * at.LINE, np.int64)
        self._spin = 0
        if not self._num_workers:
            return words
        places = [at.FIRST_WORKER + at.LOCK + n * at.LINE for n in range(self._num_workers)]
        locks().put(words, [at.CALLER_LOCK, *places])
        put_clock(words)
        return words

    def _start(self) -> None:
        """Start the workers; nobody shares work before all are there."""
        with self._changing:
            if self._has_started:
                return
            self._set_waiting_times()
            workers = Workers(self._kernels, self.words)
            weakref.finalize(self, workers.stop).atexit = False
            try:
                workers.start(self._num_workers)
            finally:
                self._has_started = True

    def _set_waiting_times(self) -> None:
        """Mostly in rounds of spinning, which take their time from processor to processor."""
        second, words = _rounds_in_a_second(self._kernels), self.words
        self._spin = int(SPIN * second)
        words[at.SPIN] = 0 if self._resting else self._spin
        words[at.PATIENCE], words[at.LATE] = int(PATIENCE * second), int(LATE * 1e9)

    def _look_around(self) -> None:
        """Ask, now and then, whether other programs have the processors."""
        if time.perf_counter() - self._looked_at < LOOK:
            return
        preemptions = _preemptions()
        now = time.perf_counter()  # after it: who is kept waiting in between finds none too many
        passed, lost = now - self._looked_at, preemptions - self._preemptions
        self._looked_at, self._preemptions = now, preemptions
        is_alone = self.words[at.ALONE] > 0
        if not is_alone and passed < 2 * LOOK and lost > BUSY * self.num_threads * passed:
            self._kernels.go_alone(self.words)


def _rounds_in_a_second(kernels: Any, rounds: int = 2000) -> float:
    """The most of some measurements: this thread may lose its processor in the middle of one."""
    words, shortest = np.zeros(1, np.int64), 1.0
    kernels.rest(words, rounds)
    for _ in range(5):
        begin = time.perf_counter()
        kernels.rest(words, rounds)
        shortest = min(shortest, time.perf_counter() - begin)
    return rounds / max(shortest, 1e-6)


def _preemptions() -> int:
    """How often a thread of this process lost its processor to somebody; 0 where nobody counts."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw if resource else 0

"""Threads that help the one that calls: how they wait for one another, and when they are no help.

A thread that waits for another spins for a little while before it sleeps: waking up takes longer
than most of what is done between two layers. `BLOBNET_SPIN=0` in the environment lets it sleep at
once.

Where other programs have the processors, a thread that is preempted in the middle of its work, or
while it has the interpreter, lets the others wait. A pool that has met this works in the calling
thread alone for some time, the longer the more often; so it costs little on a busy machine, and
comes back on a quiet one.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from blobnet.ops.jit import compiled
from blobnet.ops.overflow import allow_overflow

resource: Any
try:
    import resource
except ImportError:  # Windows
    resource = None

SPIN_ROUNDS = 0 if os.environ.get("BLOBNET_SPIN") == "0" else 16000
"""How often a thread looks at a flag before it sleeps: some 400 microseconds. Waking up
takes 50 and more, and most of what is done between two layers takes less than that."""

YIELD_PAUSES = 600
"""How long a thread that has seen a signal leaves the interpreter to the one that gave it."""

LATE = 0.0005
"""Seconds that may be lost by waiting, before it is asked why."""

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 1.0
"""Seconds without workers, after one was preempted: twice as long each time, up to the longest."""

TRUSTED = 100
"""After so much work with workers, and none preempted, pauses begin with the first again."""


class _Signal:
    """An event whose waiter spins for a little while, and only then sleeps."""

    def __init__(self) -> None:
        self._flag = np.zeros(1, np.int64)
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()
        self._flag[0] = 1

    def set_and_spin(self, following: _Signal) -> None:
        """Set this, and return when `following` is set, or after some 400 microseconds.

        A thread that spins on this one sees it only when the interpreter is free for it:
        waiting for that would put it to sleep.
        """
        self._event.set()
        kernels: Any = compiled("simd.spin") if SPIN_ROUNDS else None
        if kernels is not None:
            kernels.set_and_spin(self._flag, following._flag, SPIN_ROUNDS, YIELD_PAUSES)

    def wait(self) -> None:
        """Return when it is set."""
        kernels: Any = compiled("simd.spin") if SPIN_ROUNDS else None
        if kernels is not None:
            kernels.spin(self._flag, SPIN_ROUNDS)
        self._event.wait()


class _Task:
    """Work for a worker, and how it ended."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self.error: BaseException | None = None
        self.off_cpu = 0.0
        """Seconds in which it was begun, and no processor worked on it."""
        self.end = _Signal()

    def run(self) -> None:
        begin = _off_cpu_time()
        try:
            self._work()
        except BaseException as error:  # raised where the work came from
            self.error = error
        self.off_cpu = _off_cpu_time() - begin


class _Worker:
    """A thread that does one task at a time, and spins before it sleeps."""

    def __init__(self) -> None:
        # wakes it up, and ends it
        self._executor = ThreadPoolExecutor(1, "blobnet-worker", initializer=allow_overflow)
        self._lock = threading.Lock()
        self._is_busy = self._is_awake = False
        self._task: _Task | None = None
        self._next = _Signal()

    def begin(self, work: Callable[[], None]) -> _Task | None:
        """Have it done beside the calling thread; None if the worker works for another thread."""
        with self._lock:
            if self._is_busy:
                return None
            self._is_busy = True
            self._task = task = _Task(work)
            if self._is_awake:
                self._next.set()
            else:
                self._is_awake = True
                self._executor.submit(self._run)
        return task

    def end(self, task: _Task) -> None:
        """Return when the task has ended; one that has not been begun never will be."""
        with self._lock:
            if self._task is task:
                self._task, self._is_busy = None, False
                return
        task.end.wait()

    def _run(self) -> None:
        try:
            while (task := self._next_task()) is not None:
                task.run()
                with self._lock:
                    self._is_busy, self._next = False, _Signal()
                    following = self._next
                end = task.end
                del task  # and with it what the work refers to
                end.set_and_spin(following)
        finally:
            self._is_awake = False  # also where spinning has failed: then the next one wakes it

    def _next_task(self) -> _Task | None:
        with self._lock:
            task, self._task = self._task, None
            self._is_awake = task is not None
        return task


class Pool:
    """The workers beside the calling thread, which may be any thread, and several at once."""

    def __init__(self, num_threads: int) -> None:
        self.num_threads = num_threads
        self._workers = [_Worker() for _ in range(num_threads - 1)]
        self._well_done = TRUSTED  # how often since a worker was preempted
        self._pause = self._alone_until = 0.0

    def run_beside(self, work: Callable[[], None]) -> None:
        """Run `work` in the calling thread and in all free workers; raises what any raises.

        Each call of `work` does what the others have left: one that comes late has nothing to do.
        """
        if time.perf_counter() < self._alone_until:
            work()
            return
        begin, preempted = _off_cpu_time(), _preemptions()
        tasks = [(worker, task) for worker in self._workers if (task := worker.begin(work))]
        try:
            work()
        finally:
            lost, done = _off_cpu_time() - begin, time.perf_counter()
            for worker, task in tasks:
                worker.end(task)
            waited = time.perf_counter() - done
            lost += min(waited, max((task.off_cpu for _, task in tasks), default=0))
            self._judge(lost > LATE and _preemptions() > preempted)
        for _, task in tasks:
            if task.error is not None:
                raise task.error

    def _judge(self, is_busy: bool) -> None:
        """Work alone for some time where another program had a processor that was needed."""
        if not is_busy:
            self._well_done += 1
            return
        is_trusted = self._well_done >= TRUSTED
        self._pause = FIRST_PAUSE if is_trusted else min(2 * self._pause, LONGEST_PAUSE)
        self._alone_until = time.perf_counter() + self._pause
        self._well_done = 0


def _off_cpu_time() -> float:
    """Seconds, from some time on, in which no processor worked on this thread."""
    return time.perf_counter() - time.thread_time()


def _preemptions() -> int:
    """How often a thread of this process lost its processor to somebody; 0 where nobody counts.

    One that waits for the interpreter, or for another thread, has given it away: that is no sign
    of a busy machine.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw if resource else 0

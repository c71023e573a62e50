"""Threads that help the one that calls: how they wait for one another, and when they are no help.

A thread that waits for another looks out for it before it sleeps: waking up takes longer than most
of what is done between two layers. `BLOBNET_SPIN=0` in the environment lets it sleep at once.

Where other programs have the processors, a thread that is put aside in the middle of its work, or
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

resource: Any
try:
    import resource
except ImportError:  # Windows
    resource = None

ROUNDS = 0 if os.environ.get("BLOBNET_SPIN") == "0" else 16000
"""How often a thread looks out for another before it sleeps: some 400 microseconds. Waking up
takes 50 and more, and most of what is done between two layers takes less than that."""

PAUSES = 600
"""How long a thread that has seen a signal leaves the interpreter to the one that gave it."""

LATE = 0.0005
"""Seconds that may be lost by waiting, before it is asked why."""

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 1.0
"""Seconds without helpers, after one was put aside: twice as long each time, up to the longest."""

TRUSTED = 100
"""After so much work with helpers, and none put aside, pauses begin with the first again."""


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
        kernels: Any = compiled("waiting") if ROUNDS else None
        if kernels is not None:
            kernels.set_and_look_out(self._flag, following._flag, ROUNDS, PAUSES)

    def wait(self) -> None:
        """Return when it is set."""
        kernels: Any = compiled("waiting") if ROUNDS else None
        if kernels is not None:
            kernels.look_out(self._flag, ROUNDS)
        self._event.wait()


class _Task:
    """Work for a helper, and how it ended."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self.error: BaseException | None = None
        self.aside = 0.0
        """Seconds in which it was begun, and no processor worked on it."""
        self.end = _Signal()

    def run(self) -> None:
        begin = _time_aside()
        try:
            self._work()
        except BaseException as error:  # raised where the work came from
            self.error = error
        self.aside = _time_aside() - begin


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
                    self._is_busy, self._given = False, _Signal()
                    given = self._given
                end = task.end
                del task  # and with it what the work refers to
                end.set_and_look_out(given)
        finally:
            self._is_awake = False  # also where looking out has failed: then the next one wakes it

    def _next_task(self) -> _Task | None:
        with self._lock:
            task, self._task = self._task, None
            self._is_awake = task is not None
        return task


class Pool:
    """The helpers beside the calling thread, which may be any thread, and several at once."""

    def __init__(self, num_threads: int) -> None:
        self.num_threads = num_threads
        self._helpers = [_Helper() for _ in range(num_threads - 1)]
        self._well_done = TRUSTED  # how often since a helper was put aside
        self._pause = self._alone_until = 0.0

    def run_beside(self, work: Callable[[], None]) -> None:
        """Run `work` in the calling thread and in all free helpers; raises what any raises.

        Each call of `work` does what the others have left: one that comes late has nothing to do.
        """
        if time.perf_counter() < self._alone_until:
            work()
            return
        begin, put_aside = _time_aside(), _times_put_aside()
        given = [(helper, task) for helper in self._helpers if (task := helper.begin(work))]
        try:
            work()
        finally:
            lost, done = _time_aside() - begin, time.perf_counter()
            for helper, task in given:
                helper.end(task)
            waited = time.perf_counter() - done
            lost += min(waited, max((task.aside for _, task in given), default=0))
            self._judge(lost > LATE and _times_put_aside() > put_aside)
        for _, task in given:
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


def _time_aside() -> float:
    """Seconds, from some time on, in which no processor worked on this thread."""
    return time.perf_counter() - time.thread_time()


def _times_put_aside() -> int:
    """How often a thread of this process lost its processor to somebody; 0 where nobody counts.

    One that waits for the interpreter, or for another thread, has given it away: that is no sign
    of a busy machine.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw if resource else 0

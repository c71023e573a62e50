"""The threads of a pool, the locks on which they sleep, and the clock they are judged by.

A worker is in compiled code as long as it lives: it must have left that before the interpreter
ends, and the words of memory that it looks at, and its lock, must live as long as it does.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import sys
import threading
import time
import weakref
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np

from blobnet.loggers import named_logger
from blobnet.ops import pool_words as at
from blobnet.types import IntArray

log = named_logger("blobnet")

SECONDS_TO_END = 1.0
"""At the end of the interpreter workers may do so long what they have begun."""


class Workers:
    """Threads that look for work until they are told to stop."""

    def __init__(self, kernels: Any, words: IntArray) -> None:
        self.threads: list[threading.Thread] = []
        self._kernels, self._words = kernels, words
        self._process = os.getpid()
        kernels.stop(np.zeros(at.FIRST_WORKER, np.int64))  # compiled: a finalizer will call it

    def start(self, count: int) -> None:
        """Start threads: fewer where the system has no more, none where the interpreter ends."""
        _running.add(self)
        try:
            while len(self.threads) < count and not _ending:
                number = len(self.threads)
                thread = threading.Thread(
                    target=self._kernels.work,
                    args=(self._words, number),
                    name=f"blobnet-worker-{number}",
                    daemon=True,
                )
                thread.start()
                self.threads.append(thread)
        except RuntimeError as error:
            log.info("%d threads work on a batch instead of %d: %s", number + 1, count + 1, error)
        finally:
            self._words[at.WORKERS] = len(self.threads)

    def stop(self) -> None:
        """Tell them to end; a process that was forked since has none of them."""
        _running.discard(self)
        if os.getpid() == self._process:
            self._kernels.stop(self._words)


_running: set[Workers] = set()
_ending: list[bool] = []


@atexit.register
def _end() -> None:
    """Before the interpreter ends, and with it the memory that workers look at."""
    _ending.append(True)
    running = _running.copy()
    threads = [thread for workers in running for thread in workers.threads]
    for workers in running:
        workers.stop()
    last = time.monotonic() + SECONDS_TO_END
    for thread in threads:
        thread.join(max(0.0, last - time.monotonic()))


class _Locks:
    """Locks of the operating system, as the interpreter wraps them: they need no interpreter."""

    def __init__(self) -> None:
        its, pointer, flag = ctypes.pythonapi, ctypes.c_void_p, ctypes.c_int
        self._allocate = ctypes.PYFUNCTYPE(pointer)(("PyThread_allocate_lock", its))
        self._acquire = ctypes.PYFUNCTYPE(flag, pointer, flag)(("PyThread_acquire_lock", its))
        self._free = ctypes.PYFUNCTYPE(None, pointer)(("PyThread_free_lock", its))
        self._functions = [
            ctypes.cast(function, pointer).value or 0
            for function in (its.PyThread_acquire_lock, its.PyThread_release_lock)
        ]

    def put(self, words: IntArray, places: Iterable[int]) -> None:
        """Write what threads call, and a lock into each of some places.

        They live as long as the words: as somebody may sleep on them, or wake somebody.
        """
        words[at.ACQUIRE], words[at.RELEASE] = self._functions
        made: list[int] = []
        weakref.finalize(words, self._free_all, made, os.getpid()).atexit = False
        for place in places:
            made.append(self._make())
            words[place] = made[-1]

    def _make(self) -> int:
        """A lock that is taken: who waits for it sleeps until it is released."""
        lock = self._allocate()
        if not lock:
            raise MemoryError("a lock for another thread")
        self._acquire(lock, 0)
        return int(lock)

    def _free_all(self, made: list[int], process: int) -> None:
        if os.getpid() == process:  # after a fork they may be in any state
            for lock in made:
                self._free(lock)


@cache
def locks() -> _Locks:
    """Asked for where there are workers: not every interpreter has these functions."""
    return _Locks()


def put_clock(words: IntArray) -> None:
    """Write which C function tells the time, what it takes, and the unit of what it writes."""
    place, tick = words.ctypes.data + at.TIME * words.itemsize, 10**9
    if sys.platform == "win32":  # it writes ticks, and ignores what else it is given
        its, ticks = ctypes.WinDLL("kernel32"), ctypes.c_int64()
        its.QueryPerformanceFrequency(ctypes.byref(ticks))
        clock, takes, tick = its.QueryPerformanceCounter, (place, 0), tick // ticks.value
    else:  # seconds, and nanoseconds
        clock, takes = ctypes.CDLL(None).clock_gettime, (time.CLOCK_MONOTONIC, place)
    words[at.CLOCK] = ctypes.cast(clock, ctypes.c_void_p).value or 0
    words[[*at.CLOCK_TAKES]], words[at.TICK] = takes, tick

"""Timer: a stopwatch. Caffe: util/benchmark.hpp."""

from __future__ import annotations

import time

from blobnet.loggers import named_logger

_log = named_logger("blobnet.pycaffe")


class Timer:
    """A stopwatch.

    timer = caffe.Timer()
    timer.start()
    net.forward()
    timer.stop()
    print(timer.ms)
    """

    def __init__(self) -> None:
        self._started: float | None = None
        self._seconds: float | None = None

    def __repr__(self) -> str:
        if self._started is not None:
            return "Timer, running"
        return "Timer, not run yet" if self._seconds is None else f"Timer, {self.ms:g} ms"

    def start(self) -> None:
        """Begin at 0; while it runs, nothing changes."""
        if self._started is None:
            self._started = time.perf_counter()

    def stop(self) -> None:
        """Keep the time since `start`; while it does not run, nothing changes."""
        if self._started is not None:
            self._seconds = time.perf_counter() - self._started
            self._started = None

    @property
    def ms(self) -> float:
        """Milliseconds from the last start to its stop; asking stops a timer that runs."""
        self.stop()
        if self._seconds is None:
            _log.warning("Timer has never been run before reading time.")
            return 0.0
        return 1000 * self._seconds

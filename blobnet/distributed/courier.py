"""The one thread of a rank that talks to the others, while the main one computes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from time import sleep
from typing import Any

_LOOKS = 5  # at a request, before the processor is left to others
_PAUSE = 2e-4  # seconds between looks while the main thread computes: each takes from its time
_SHORT_PAUSE = 2e-5  # and while it waits

Job = Callable[[], None]


class Courier:
    """Does jobs in the order in which they are handed over, in a thread in the background.

    All ranks hand over the same jobs in the same order. After one that raises, no other is done.
    """

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._open = 0  # jobs that are not done
        self._is_awaited = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="blobnet-courier", daemon=True)
        self._thread.start()

    def hand_over(self, job: Job) -> None:
        with self._changed:
            self._open += 1
        self._jobs.put(job)

    def wait(self, while_waiting: Callable[[], None] = lambda: None, seconds: float = 1.0) -> None:
        """Return when all jobs are done. Raises what one of them raised.

        while_waiting  called every so many seconds until then; may raise
        """
        with self._changed:
            self._is_awaited = True
            while not self._changed.wait_for(lambda: self._open == 0 or self._error, seconds):
                while_waiting()
            self._is_awaited = False
            if self._error is not None:
                raise self._error

    def wait_for(self, request: Any) -> None:
        """Wait for a request of MPI, in a job; MPI's own waiting would not leave the processor."""
        looks = 0
        while not request.Test():
            looks += 1
            if looks > _LOOKS:
                sleep(_SHORT_PAUSE if self._is_awaited else _PAUSE)

    def close(self) -> None:
        """End the thread, when all jobs are done."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            error = self._error
            if error is None:
                try:
                    job()
                except BaseException as raised:  # it belongs to the one who waits
                    error = raised
            with self._changed:
                self._open -= 1
                self._error = error
                self._changed.notify_all()

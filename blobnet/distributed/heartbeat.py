"""Signs of life among ranks: who waits for a machine that is gone would wait for ever."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from blobnet.distributed.ranks import DistributedError, wait_for
from blobnet.errors import explain, printable

VARIABLE = "BLOBNET_RANK_TIMEOUT"
_SECONDS = 20.0  # without a sign, after which a rank is lost, unless the variable says otherwise
_EVERY = 1.0  # seconds


def time_limit() -> float:
    """Seconds without a sign of life after which a rank is lost.

    Raises DistributedError where the variable says something else.
    """
    text = os.environ.get(VARIABLE) or str(_SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not seconds >= 2 * _EVERY:
        raise DistributedError(
            explain(
                f"{VARIABLE} is no time after which a rank is lost",
                expected=f"at least {2 * _EVERY:g} seconds: there is a sign of life every second",
                got=printable(text),
            )
        )
    return seconds


class Heartbeat:
    """Every second each rank tells the next one that it lives; the last tells the first.

    A thread does so beside whatever the rank does: it may compute for an hour, or wait in MPI.

    comm       a communicator that nobody else uses
    when_lost  called by the thread, with what is to be said, where the rank before is not heard of
    clock      gives seconds
    """

    def __init__(
        self,
        comm: Any,
        when_lost: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._comm, self._when_lost, self._clock = comm, when_lost, clock
        self._next, self._before = (comm.rank + 1) % comm.size, (comm.rank - 1) % comm.size
        self._limit = time_limit()
        self._beaten = self._heard = clock()
        self._requests: list[Any] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="blobnet-heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Return when all ranks have called it: until then each of them may be lost."""
        wait_for(self._comm.Ibarrier())
        self._is_over.set()
        self._thread.join()

    def beat(self) -> None:
        """Called every second. Raises DistributedError where the rank before is lost."""
        now = self._clock()
        since, self._beaten = now - self._beaten, now
        self._requests = [request for request in self._requests if not request.Test()]
        self._requests.append(self._comm.Isend(bytearray(1), dest=self._next))
        if since > max(self._limit / 2, 2 * _EVERY):  # we have been away ourselves
            self._heard = now
        while self._comm.Iprobe(source=self._before):
            self._comm.Recv(bytearray(1), source=self._before)
            self._heard = now
        if now - self._heard > self._limit:
            raise DistributedError(
                explain(
                    f"rank {self._before} is lost",
                    expected=f"a sign of life every second, or within {self._limit:g} ({VARIABLE})",
                    got=f"nothing for {now - self._heard:.0f} seconds",
                    fix="look whether its machine and the network are there",
                )
            )

    def _run(self) -> None:
        while not self._is_over.wait(_EVERY):
            try:
                self.beat()
            except Exception as error:  # what MPI raises means the same
                self._when_lost(str(error))
                return

"""Signs of life among ranks: who waits for a machine that is gone would wait for ever."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from blobnet.distributed.ranks import LostRankError, Ranks
from blobnet.errors import explain

VARIABLE = "BLOBNET_RANK_TIMEOUT"
_SECONDS = 20.0  # without a sign, after which a rank is lost, unless the variable says otherwise
_EVERY = 1.0  # seconds
_ALIVE, _GOODBYE = 1, 2


class Heartbeat:
    """Every second each rank tells the next one that it lives; the last tells the first.

    A rank that ends says goodbye, and is not waited for. `clock` gives seconds.
    """

    def __init__(self, ranks: Ranks, clock: Callable[[], float] = time.monotonic) -> None:
        self._comm, self._mpi, self._clock = ranks.comm.Dup(), ranks.mpi, clock
        self._next = (ranks.rank + 1) % ranks.count
        self._before = (ranks.rank - 1) % ranks.count
        self._limit = float(os.environ.get(VARIABLE) or _SECONDS)
        self._sent = self._heard = clock()
        self._is_watched = True  # whether the one before has not said goodbye
        self._requests: list[Any] = []

    def beat(self) -> None:
        """Called often. Raises LostRankError where the rank before has not been heard of."""
        now = self._clock()
        if now - self._sent < _EVERY:
            return
        since, self._sent = now - self._sent, now
        self._send(_ALIVE)
        status = self._mpi.Status()
        while self._comm.Iprobe(source=self._before, status=status):
            self._comm.Recv(bytearray(1), source=self._before, tag=status.Get_tag())
            self._heard = now
            self._is_watched &= status.Get_tag() == _ALIVE
        if since > max(self._limit / 2, 2 * _EVERY):  # we have been away ourselves
            self._heard = now
        if self._is_watched and now - self._heard > self._limit:
            raise LostRankError(
                explain(
                    f"rank {self._before} is lost",
                    expected=f"a sign of life every second, or within {self._limit:g} ({VARIABLE})",
                    got=f"nothing for {now - self._heard:.0f} seconds",
                    fix="look whether its machine and the network are there",
                )
            )

    def say_goodbye(self) -> None:
        """This rank ends, and has done all that others wait for."""
        self._send(_GOODBYE)

    def _send(self, tag: int) -> None:
        self._requests = [request for request in self._requests if not request.Test()]
        self._requests.append(self._comm.Isend(bytearray(1), dest=self._next, tag=tag))

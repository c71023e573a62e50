"""Sums over all ranks, in the order of ranks: the same bits in any MPI.

Each rank adds up one piece of an array: it gets that piece from all others (Alltoall), adds them
one after the other, rank 0's first, and hands its sum to all (Allgather). That moves as many bytes
as a ring would, 2 (n - 1) / n of the array, and every weight is added up in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from time import sleep
from typing import Any, Protocol

import numpy as np

from blobnet.distributed.ranks import Ranks
from blobnet.types import Array

_SPINS = 20  # looks at a request before the processor is left to others
_LONGEST_PAUSE = 2e-4  # seconds between looks


class Sums(Protocol):
    """Sums over ranks of one array, in place: `add` for each pass, `finish` behind the last."""

    def add(self, *, is_first: bool) -> None:
        """Take the values in the array to the sum."""

    def finish(self) -> None:
        """Put the sum into the array, on all ranks."""


class OrderedSums:
    """Sums whose order is that of passes and, within each, of ranks: ((g0 + g1) + g2)."""

    def __init__(self, ranks: Ranks, array: Array, wait: Callable[[Any], None]) -> None:
        self._ranks, self._array, self._wait = ranks, array, wait
        bounds = np.linspace(0, array.size, ranks.count + 1).astype(np.intp)
        self._starts, self._sizes = bounds[:-1], np.diff(bounds)
        begin, end = bounds[ranks.rank], bounds[ranks.rank + 1]
        self._own = array[begin:end]
        self._received = np.empty((ranks.count, end - begin), array.dtype)
        self._total = np.empty(end - begin, array.dtype)

    def add(self, *, is_first: bool) -> None:
        rank, size = self._ranks.rank, self._own.size
        theirs, ours = self._sizes.copy(), np.full(self._ranks.count, size)
        theirs[rank] = ours[rank] = 0  # one's own piece stays where it is
        kind = self._ranks.mpi._typedict[self._array.dtype.char]
        starts = np.arange(self._ranks.count) * size
        self._wait(
            self._ranks.comm.Ialltoallv(
                [self._array, (theirs, self._starts), kind],
                [self._received, (ours, starts), kind],
            )
        )
        pieces = [self._own if r == rank else self._received[r] for r in range(self._ranks.count)]
        if is_first:
            np.add(pieces[0], pieces[1], out=self._total)
            pieces = pieces[2:]
        for piece in pieces:
            np.add(self._total, piece, out=self._total)

    def finish(self) -> None:
        self._own[...] = self._total
        kind = self._ranks.mpi._typedict[self._array.dtype.char]
        self._wait(
            self._ranks.comm.Iallgatherv(
                self._ranks.mpi.IN_PLACE, [self._array, (self._sizes, self._starts), kind]
            )
        )


class FastSums:
    """Sums in whatever order the MPI has: its Allreduce."""

    def __init__(self, ranks: Ranks, array: Array, wait: Callable[[Any], None]) -> None:
        self._ranks, self._array, self._wait = ranks, array, wait
        self._total = np.empty(0, array.dtype)  # of passes before this one, where there are some

    def add(self, *, is_first: bool) -> None:
        if is_first:
            self._total = np.zeros_like(self._array)
        np.add(self._total, self._array, out=self._total)

    def finish(self) -> None:
        self._array[...] = self._total
        self._wait(self._ranks.comm.Iallreduce(self._ranks.mpi.IN_PLACE, self._array))


def wait_for(request: Any) -> None:
    """Wait without holding up who computes on the same processor: MPI's own waiting would."""
    pause, looks = 1e-6, 0
    while not request.Test():
        looks += 1
        if looks > _SPINS:
            sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

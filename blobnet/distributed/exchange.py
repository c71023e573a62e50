"""Sums over all ranks, in the order of ranks: the same bits in any MPI.

Each rank adds up one piece of an array: it gets that piece from all others (Alltoall), adds them
one after the other, rank 0's first, and hands its sum to all (Allgather). That moves as many bytes
as a ring would, 2 (n - 1) / n of the array, and every weight is added up in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from blobnet.distributed.ranks import Ranks
from blobnet.types import Array


class Sums(Protocol):
    """Sums over ranks of one array, in place."""

    def add(self, *, is_first: bool, is_last: bool) -> None:
        """Take the values of a pass to the sum; with the last one, it is in the array of all."""


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

    def add(self, *, is_first: bool, is_last: bool) -> None:
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
        if is_last:
            self._hand_out()

    def _hand_out(self) -> None:
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

    def add(self, *, is_first: bool, is_last: bool) -> None:
        if not (is_first and is_last):
            if is_first:
                self._total = np.zeros_like(self._array)
            np.add(self._total, self._array, out=self._total)
        if is_last:
            if not is_first:
                self._array[...] = self._total
            self._wait(self._ranks.comm.Iallreduce(self._ranks.mpi.IN_PLACE, self._array))

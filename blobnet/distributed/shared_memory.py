"""Sums over ranks of one machine, through memory that all of them see.

Each rank reads its piece of every rank's gradient, adds up, and writes the sum to all: nothing is
sent. The order of the sum is that of `exchange.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from blobnet.distributed.ranks import Ranks
from blobnet.types import Array, DType

_FOLDER = "/dev/shm"  # where MPI keeps such memory, as Linux has it
_SPARE = 1 << 24  # bytes that are left to others


def shared_rows(ranks: Ranks, count: int, dtype: DType) -> list[Array] | None:
    """A row of so many zeros for each rank, seen by all; None where ranks or memory are apart.

    Memory beyond what /dev/shm holds would end the process when it is used, so that is looked at.
    """
    comm, mpi = ranks.comm, ranks.mpi
    here = comm.Split_type(mpi.COMM_TYPE_SHARED)
    size = count * dtype.itemsize
    fits = here.size == ranks.count and free_bytes() >= ranks.count * size + _SPARE
    here.Free()
    if not comm.allreduce(fits, op=mpi.LAND):
        return None
    window = mpi.Win.Allocate_shared(size, dtype.itemsize, comm=comm)
    rows = [np.frombuffer(window.Shared_query(r)[0], dtype) for r in range(ranks.count)]
    rows[ranks.rank].fill(0)
    comm.Barrier()
    return rows


def free_bytes(folder: str = _FOLDER) -> int:
    """What may still be shared."""
    try:
        found = os.statvfs(folder)
    except (OSError, AttributeError):
        return 0
    return found.f_bavail * found.f_frsize


class SharedMemorySums:
    """Sums of arrays that all ranks see, one of each rank; the sum is left in all of them."""

    def __init__(self, ranks: Ranks, arrays: Sequence[Array], wait: Callable[[Any], None]) -> None:
        self._comm, self._wait = ranks.comm, wait
        bounds = np.linspace(0, arrays[0].size, ranks.count + 1).astype(np.intp)
        begin, end = bounds[ranks.rank], bounds[ranks.rank + 1]
        self._pieces = [array[begin:end] for array in arrays]  # no other rank looks at these places
        self._total: Array | None = None  # where a pass is not the only one

    def add(self, *, is_first: bool, is_last: bool) -> None:
        self._wait(self._comm.Ibarrier())  # the gradients of all are there
        first, *others = self._pieces
        if is_first and is_last:
            total, added = first, others
        else:
            if self._total is None:
                self._total = np.empty_like(first)
            total, added = self._total, self._pieces
            if is_first:
                np.add(first, others[0], out=total)
                added = others[1:]
        for piece in added:
            np.add(total, piece, out=total)
        if is_last:
            for piece in self._pieces:
                if piece is not total:
                    piece[...] = total
        self._wait(self._comm.Ibarrier())  # what follows overwrites, or needs the sums of all

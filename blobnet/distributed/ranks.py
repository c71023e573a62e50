"""The processes that work together, as each of them sees them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from time import sleep
from typing import Any

from blobnet.errors import BlobnetError

_FIRST_PAUSE, _LONGEST_PAUSE = 2e-5, 2e-3  # seconds between looks whether a request is done


class DistributedError(BlobnetError):
    """Processes that cannot work together."""


@dataclass(frozen=True)
class Ranks:
    """This process's number, and how many there are.

    comm  the communicator of mpi4py
    mpi   mpi4py's module MPI
    """

    rank: int
    count: int
    comm: Any
    mpi: Any

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def draw(self) -> int:
        """A number by chance, the same on all."""
        return int(self.comm.bcast(secrets.randbelow(2**31)))

    def gather(self, value: Any) -> list[Any] | None:
        """The values of all on the first rank, in the order of ranks; None elsewhere."""
        wait_for(self.comm.Ibarrier())  # for those that still have work to do
        of_all: list[Any] | None = self.comm.gather(value)
        return of_all


def wait_for(request: Any) -> None:
    """Wait for a request of MPI, whose own waiting would keep a processor from other ranks."""
    pause = _FIRST_PAUSE
    while not request.Test():
        sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)

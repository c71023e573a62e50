"""Which of several processes this one is: what the launcher says, and what MPI knows.

A process that no launcher has started asks nobody, and imports nothing of MPI.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from time import sleep
from typing import Any

from blobnet.errors import BlobnetError, explain
from blobnet.extras import import_extra

_SIZES = {
    "OMPI_COMM_WORLD_SIZE": "Open MPI's mpiexec",
    "PMI_SIZE": "mpiexec",  # MPICH and its kin; srun --mpi=pmi2
    "SLURM_STEP_NUM_TASKS": "srun",
    "WORLD_SIZE": "torchrun",  # and others that set what it sets
}
"""Variables in which launchers say how many processes they have started."""

_LOCAL_SIZES = (
    *("OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_STEP_TASKS_PER_NODE"),
    "LOCAL_WORLD_SIZE",
)
"""And how many of them on this machine."""

_FIRST_PAUSE, _LONGEST_PAUSE = 2e-5, 2e-3  # seconds between looks whether all are there


class DistributedError(BlobnetError):
    """Processes that cannot train together."""


class LostRankError(DistributedError):
    """A process that is not heard of any more."""


@dataclass(frozen=True)
class Ranks:
    """The processes that work together: this one's number, and how many there are.

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

    def gather(self, value: Any) -> list[Any] | None:
        """The values of all on the first rank, in the order of ranks; None elsewhere.

        MPI's own waiting would keep a processor from those that still have work to do.
        """
        pause, all_here = _FIRST_PAUSE, self.comm.Ibarrier()
        while not all_here.Test():
            sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        of_all: list[Any] | None = self.comm.gather(value)
        return of_all


def launched(environment: Mapping[str, str] = os.environ) -> tuple[str, int]:
    """Which launcher has started this process, and how many with it; ("", 1) where none has."""
    for variable, launcher in _SIZES.items():
        text = environment.get(variable, "")
        if text.isdecimal() and int(text) > 1:
            return launcher, int(text)
    return "", 1


def find_ranks(environment: Mapping[str, str] = os.environ) -> Ranks | None:
    """The processes that a launcher has started together; None where this one is alone.

    Raises MissingExtraError where mpi4py or an MPI is missing, DistributedError where MPI knows of
    other processes than the launcher.
    """
    launcher, expected = launched(environment)
    if not launcher:
        return None
    # of Open MPI's ways to share memory one complains at the start, and is not for one machine
    os.environ.setdefault("OMPI_MCA_osc", "^ucx")
    mpi: Any = import_extra(
        "mpi4py.MPI", "mpi", f"shared work by {expected} processes of {launcher}"
    )
    comm = mpi.COMM_WORLD
    if comm.size != expected:
        raise DistributedError(_apart(launcher, expected, comm.size, mpi))
    if mpi.Query_thread() < mpi.THREAD_MULTIPLE:
        raise DistributedError(
            explain(
                "this MPI cannot be used from a thread in the background",
                expected="MPI_THREAD_MULTIPLE",
                got=mpi.Get_library_version().splitlines()[0],
                fix='use another MPI: pip install "mpich"',
            )
        )
    own = comm.Dup()  # nobody else's messages
    own.Set_errhandler(mpi.ERRORS_RETURN)
    return Ranks(own.rank, own.size, own, mpi)


def ranks_here(environment: Mapping[str, str] = os.environ) -> int:
    """How many of the processes run on this machine, as far as the launcher says."""
    for variable in _LOCAL_SIZES:
        text = environment.get(variable, "").partition("(")[0]  # Slurm's "4(x2)"
        if text.isdecimal() and int(text) > 0:
            return int(text)
    return launched(environment)[1]


def host() -> str:
    """The name of this machine."""
    return socket.gethostname()


def _apart(launcher: str, expected: int, known: int, mpi: Any) -> str:
    library = mpi.Get_library_version().splitlines()[0].strip("\0 ")
    if launcher == "torchrun":
        return explain(
            "these processes do not know each other: they were not started by MPI",
            expected=f"{expected} processes, as WORLD_SIZE says",
            got=f"{known} in MPI's world ({library})",
            fix=f"start them with MPI: mpiexec -n {expected} blobnet train ...",
        )
    return explain(
        f"{launcher} has started {expected} processes, but MPI does not know of all of them",
        expected=f"{expected} processes",
        got=f"{known} in MPI's world ({library})",
        fix="mpiexec (or srun --mpi=...) must be of the MPI that mpi4py has found: "
        'python -c "from mpi4py import MPI; print(MPI.Get_library_version())" says which',
    )

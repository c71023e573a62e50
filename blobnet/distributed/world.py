"""The ranks that MPI has started: found once, and bound to each other until all have ended.

A process that no launcher has started asks nobody, and imports nothing of MPI.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from blobnet.distributed.agreement import check_agreement
from blobnet.distributed.failure import bind_together
from blobnet.distributed.heartbeat import time_limit
from blobnet.distributed.launchers import launched
from blobnet.distributed.ranks import DistributedError, Ranks
from blobnet.errors import explain
from blobnet.extras import import_extra
from blobnet.version import __version__


def find_ranks(environment: Mapping[str, str] = os.environ) -> Ranks | None:
    """The processes that a launcher has started together; None where this one is alone.

    From the first call to the end of the process, one that fails or is lost ends all.

    Raises MissingExtraError where mpi4py or an MPI is missing, DistributedError where MPI knows of
    other processes than the launcher, or one has another version of blobnet.
    """
    launcher, expected = launched(environment)
    return _find(launcher, expected) if launcher else None


def are_found() -> bool:
    """Whether `find_ranks` has found some before."""
    return _find.cache_info().currsize > 0


@cache
def _find(launcher: str, expected: int) -> Ranks:
    time_limit()  # is right, or an error before others wait in MPI
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
    ranks = Ranks(own.rank, own.size, own, mpi)
    check_agreement(ranks, {"the version of blobnet": __version__})  # others may ask otherwise
    bind_together(ranks)
    return ranks


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

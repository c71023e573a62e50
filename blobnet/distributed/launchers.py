"""What launchers say in the environment of the processes that they start."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

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


def launched(environment: Mapping[str, str] = os.environ) -> tuple[str, int]:
    """Which launcher has started this process, and how many with it; ("", 1) where none has."""
    for variable, launcher in _SIZES.items():
        text = environment.get(variable, "")
        if text.isdecimal() and int(text) > 1:
            return launcher, int(text)
    return "", 1


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

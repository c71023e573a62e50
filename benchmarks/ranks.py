"""Two ranks of one thread beside one process of two: the same passes, in processes of their own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Measured
from benchmarks.processes import environment
from blobnet.errors import BlobnetError, explain

REST = 0.05
"""Seconds between turns: threads that wait for more work go to sleep."""

STEPS = {"lenet": 20, "cifar10": 10, "googlenet": 1}
"""Steps in a turn."""

_MPI_SETTINGS = {
    **{f"{name}_ALLOW_RUN_AS_ROOT": "1" for name in ("OMPI", "PRTE")},
    **{f"{name}_ALLOW_RUN_AS_ROOT_CONFIRM": "1" for name in ("OMPI", "PRTE")},
}


_MPICH = Path(sys.prefix) / "lib" / "libmpi.so.12"  # beside Open MPI's, in one environment
if _MPICH.exists():
    _MPI_SETTINGS["MPI4PY_LIBMPI"] = str(_MPICH)


def two_ranks(net: str, batch: int, rounds: int) -> Measured:
    """Steps that look at `batch` items: by two ranks, each with half of them, and by one process.

    Raises BlobnetError where there is no mpiexec, or no mpi4py.
    """
    alone = [sys.executable, "-m", "benchmarks.ranks_peer", net, str(batch), "2"]
    ranks = [sys.executable, "-m", "benchmarks.ranks_peer", net, str(batch // 2), "1"]
    ours: list[float] = []
    theirs: list[float] = []
    with peer([*launcher(2), *ranks]) as some, peer(alone) as one:
        for _ in range(rounds):
            for process, taken in ((some, ours), (one, theirs)):
                time.sleep(REST)
                taken.append(turn(process, STEPS[net]))
    return Measured(ours, theirs)


def launcher(count: int) -> list[str]:
    """The words that start so many ranks."""
    mpiexec = Path(sys.prefix) / "bin" / "mpiexec.hydra"
    found = str(mpiexec) if mpiexec.exists() else shutil.which("mpiexec")
    if found is None or importlib.util.find_spec("mpi4py") is None:
        raise BlobnetError(explain("no ranks to measure", fix='pip install "blobnet[mpi]" mpich'))
    return [found, "-n", str(count)]


@contextmanager
def peer(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that is ready to make steps."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    process = subprocess.Popen(
        command,
        env={**_MPI_SETTINGS, **environment(PATH=programs)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if _answer(process) != "ready":
            raise BlobnetError(explain("a training did not begin", got=" ".join(command)))
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()  # it ends, then
        process.wait()


def turn(process: subprocess.Popen[str], steps: int) -> float:
    """The seconds of a step."""
    if process.stdin is not None:
        process.stdin.write(f"{steps}\n")
        process.stdin.flush()
    return float(_answer(process))


def _answer(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline().strip() if process.stdout is not None else ""

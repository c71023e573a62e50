"""The wheels of MPICH and Open MPI, and processes started by their mpiexec."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

import blobnet

PREFIX = Path(sys.prefix)
SECONDS = 240  # for what takes a few: only a failing test waits


class Engine(NamedTuple):
    """A launcher with its library; both wheels may lie in one environment."""

    name: str
    launcher: tuple[str, ...]
    library: Path

    @property
    def is_there(self) -> bool:
        has_mpi4py = importlib.util.find_spec("mpi4py") is not None
        return has_mpi4py and Path(self.launcher[0]).exists() and self.library.exists()

    def command(self, ranks: int, *arguments: str) -> list[str]:
        return [*self.launcher, "-n", str(ranks), sys.executable, *arguments]

    def environment(self) -> dict[str, str]:
        """Open MPI is allowed what it warns of: root, and more ranks than cores."""
        return {
            **os.environ,
            "MPI4PY_LIBMPI": str(self.library),
            "OPAL_PREFIX": str(PREFIX),
            "OMPI_ALLOW_RUN_AS_ROOT": "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "PRTE_ALLOW_RUN_AS_ROOT": "1",
            "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join([str(Path(blobnet.__file__).parents[1]), *sys.path]),
        }

    def start(
        self, folder: Path, ranks: int, *arguments: str, **variables: str
    ) -> subprocess.Popen[str]:
        """Ranks that run Python with these arguments; stdout and stderr are one."""
        return subprocess.Popen(
            self.command(ranks, *arguments),
            cwd=folder,
            env=self.environment() | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, folder: Path, ranks: int, *arguments: str) -> str:
        """What they print, when they have ended well."""
        code, output = self.ended(self.start(folder, ranks, *arguments))
        assert code == 0, output
        return output

    @staticmethod
    def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
        """The exit code, and all that was printed."""
        try:
            output, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            pytest.fail(f"the ranks hang:\n{output}")
        return process.returncode, output


_LAUNCHERS: dict[str, tuple[Sequence[str], str]] = {
    "mpich": (("mpiexec.hydra",), "libmpi.so.12"),
    "openmpi": (
        ("prterun", "--personality", "ompi", "--map-by", ":OVERSUBSCRIBE", "--bind-to", "none"),
        "libmpi.so.40",
    ),
}
ENGINES = [
    Engine(name, (str(PREFIX / "bin" / words[0]), *words[1:]), PREFIX / "lib" / library)
    for name, (words, library) in _LAUNCHERS.items()
]

each_engine = pytest.mark.parametrize(
    "engine",
    [
        pytest.param(
            engine,
            id=engine.name,
            marks=pytest.mark.skipif(
                not engine.is_there, reason=f"needs mpi4py and the wheel {engine.name}"
            ),
        )
        for engine in ENGINES
    ],
)

"""What launchers say in the environment, and what is told where MPI says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from blobnet import cli
from blobnet.cli.ranks import fair_share
from blobnet.distributed import world
from blobnet.distributed.launchers import launched, ranks_here
from blobnet.distributed.ranks import DistributedError
from blobnet.distributed.world import find_ranks
from blobnet.errors import MissingExtraError


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, ("", 1)),
        ({"PMI_SIZE": "1"}, ("", 1)),
        ({"PMI_SIZE": "3"}, ("mpiexec", 3)),
        ({"OMPI_COMM_WORLD_SIZE": "2", "PMIX_RANK": "0"}, ("Open MPI's mpiexec", 2)),
        ({"SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "3"}, ("srun", 8)),
        ({"SLURM_NTASKS": "8"}, ("", 1)),  # within a batch script, before srun
        ({"WORLD_SIZE": "4", "RANK": "1"}, ("torchrun", 4)),
        ({"WORLD_SIZE": "many"}, ("", 1)),
    ],
)
def test_launchers_are_known_by_what_they_set(environment, found):
    assert launched(environment) == found


def test_ranks_of_this_machine():
    assert ranks_here({"OMPI_COMM_WORLD_LOCAL_SIZE": "2", "OMPI_COMM_WORLD_SIZE": "8"}) == 2
    assert ranks_here({"SLURM_STEP_TASKS_PER_NODE": "4(x2)"}) == 4
    assert ranks_here({"PMI_SIZE": "3"}) == 3
    assert ranks_here({}) == 1


def test_ranks_share_the_processors(monkeypatch):
    monkeypatch.setattr("blobnet.cli.ranks.num_threads", lambda: 8)
    monkeypatch.setattr("blobnet.cli.ranks.os.cpu_count", lambda: 8)
    assert fair_share({"MPI_LOCALNRANKS": "3"}) == 2
    assert fair_share({"MPI_LOCALNRANKS": "30"}) == 1
    monkeypatch.setattr("blobnet.cli.ranks.num_threads", lambda: 2)  # bound by the launcher
    assert fair_share({"MPI_LOCALNRANKS": "3"}) is None


class Mpi:
    """An MPI that knows of one process, as that of another launcher does."""

    THREAD_MULTIPLE = 3

    class COMM_WORLD:  # noqa: N801 - mpi4py's name
        size = 1

    @staticmethod
    def Get_library_version():  # noqa: N802
        return "MPICH Version: 5\nmore"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (
            {"PMI_SIZE": "3"},
            r"mpiexec has started 3 processes(.*\n)*.*MPICH Version: 5\)(.*\n)*.*must",
        ),
        ({"WORLD_SIZE": "4"}, r"not started by MPI(.*\n)*.*mpiexec -n 4 blobnet train"),
    ],
)
def test_processes_that_mpi_does_not_know_are_explained(environment, words, monkeypatch):
    monkeypatch.setattr(world, "import_extra", lambda *_: Mpi)
    with pytest.raises(DistributedError, match=words):
        find_ranks(environment)


def test_without_mpi4py_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr("blobnet.extras.importlib.import_module", _missing)
    with pytest.raises(MissingExtraError, match=r'by 2 processes(.*\n)*.*blobnet\[mpi\]"'):
        find_ranks({"PMI_SIZE": "2"})


def _missing(name):
    raise ImportError(f"No module named {name!r}")


def test_one_process_asks_nobody(monkeypatch):
    monkeypatch.setattr(world, "import_extra", None)
    assert find_ranks({}) is None


def test_commands_that_ranks_share_are_known_by_name():
    """So that one that fails early does not keep the others waiting."""
    folder = Path(cli.__file__).parent
    sharing = [path for path in folder.rglob("*.py") if "with together(" in path.read_text()]
    assert {path.stem.removesuffix("_command") for path in sharing} == cli._SHARED

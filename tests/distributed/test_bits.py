"""Ranks of both MPIs against one process that makes all their passes: the same bits."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from blobnet.distributed import connect
from tests.distributed import trainings
from tests.distributed.engines import each_engine
from tests.solver.training import make_solver

pytest.importorskip("h5py")
pytest.importorskip("PIL")
pytest.importorskip("lmdb")


GROUPS = {"1": 1, "2a": 2, "2b": 2, "3": 3, "4": 4}
"""Of four ranks, three beside one, and two beside two; and how many each are."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("trainings")
    trainings.write_data(made)
    return made


@pytest.fixture(scope="module")
def by_one(folder):
    """Number of ranks to what one process makes of all their passes."""
    parts = [trainings.same_bits, trainings.resumed, trainings.statistics, trainings.whole_batch]
    parts.append(trainings.sums_in_any_order)
    runs = {count: trainings.Run(folder, None, count) for count in set(GROUPS.values())}
    return {count: {part.__name__: part(run) for part in parts} for count, run in runs.items()}


@each_engine
def test_ranks_train_as_one_process_does(engine, folder, by_one):
    """One start of four for all that they are asked: see `trainings.py`."""
    engine.run(folder, 4, "-m", "tests.distributed.trainings", str(folder))
    for name, count in GROUPS.items():
        file = folder / f"{name}.json"
        theirs, ours = json.loads(file.read_text()), by_one[count]
        file.unlink()
        check_bits(theirs, ours)
        check_averages(theirs["statistics"], ours["statistics"], count)
        check_nearness(theirs["whole_batch"], ours["whole_batch"], rtol=1e-9)
        check_nearness(theirs["sums_in_any_order"], ours["sums_in_any_order"], rtol=1e-4)
        if count > 1:
            check_agreements(theirs["only_ranks"], count)
        if count == 4:
            assert theirs["by_nccl"] == {"all": True, "passes": 4}


@each_engine
def test_a_single_rank_of_mpiexec_is_one_process(engine, tmp_path):
    words = "from blobnet.distributed.world import find_ranks; print(find_ranks())"
    assert engine.run(tmp_path, 1, "-c", words).strip() == "None"


def check_bits(theirs, ours):
    """Weights, history, loss and state; also those of a training that is resumed."""
    for name in trainings.TRAININGS:
        assert theirs["same_bits"][name] == ours["same_bits"][name], name
    assert theirs["resumed"] == ours["resumed"]


def check_averages(theirs, ours, count):
    """Those of the first rank's batches, which are a part of what one process takes in."""
    assert theirs["learned"] == ours["learned"]
    assert theirs["batches counted"] == pytest.approx(_sum_of_shares(4))
    assert ours["batches counted"] == pytest.approx(_sum_of_shares(4 * count))


def _sum_of_shares(batches: int, kept: float = 0.999) -> float:
    return sum(kept**age for age in range(batches))


def check_nearness(theirs, ours, rtol):
    for mine, other in zip(ours["weights"], theirs["weights"], strict=True):
        np.testing.assert_allclose(mine, other, rtol=rtol, atol=rtol / 100)


def check_agreements(found, count):
    """They stop together, copies train alone, and who differs is named at the start."""
    assert found["stopped at"] == [4] * count
    assert found["copy"] == 1
    assert f"rank {count - 1} on " in found["rate"]
    assert "differs from rank 0 on " in found["rate"]
    assert "the solver's settings: base_lr: 0.05, as on rank 0" in found["rate"]
    assert "got:      base_lr: 0.5" in found["rate"]
    assert "the solver's settings, its weights" in found["seed"]
    assert "rank 1 on " in found["weights of a test"]
    assert " in its weights\n" in found["weights of a test"]


def test_one_process_imports_nothing_of_mpi(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("mpi4py")]:
        monkeypatch.delitem(sys.modules, name)
    for variable in ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "WORLD_SIZE"):
        monkeypatch.delenv(variable, raising=False)
    assert not connect(make_solver())
    assert not any(name.startswith("mpi4py") for name in sys.modules)

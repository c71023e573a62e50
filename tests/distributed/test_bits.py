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


@each_engine
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_ranks_train_as_one_process_does(engine, count, tmp_path):
    """One start of so many ranks for all that they are asked: see `trainings.py`."""
    trainings.write_data(tmp_path)
    engine.run(tmp_path, count, "-m", "tests.distributed.trainings", str(tmp_path))
    theirs = json.loads((tmp_path / "found.json").read_text())
    run = trainings.Run(tmp_path, None, count)
    check_bits(theirs, run)
    check_averages(theirs["statistics"], trainings.statistics(run), count)
    check_nearness(theirs["whole_batch"], trainings.whole_batch(run), rtol=1e-9)
    check_nearness(theirs["sums_in_any_order"], trainings.sums_in_any_order(run), rtol=1e-4)
    if count > 1:
        check_agreements(theirs["only_ranks"], count)


def check_bits(theirs, run):
    """Weights, history, loss and state; also those of a training that is resumed."""
    ours = trainings.same_bits(run)
    for name in trainings.TRAININGS:
        assert theirs["same_bits"][name] == ours[name], name
    assert theirs["resumed"] == trainings.resumed(run)


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
    assert found["by NCCL"]
    assert f"rank {count - 1} on " in found["rate"]
    assert "differs from rank 0 on " in found["rate"]
    assert "the solver's settings: base_lr: 0.05, as on rank 0" in found["rate"]
    assert "got:      base_lr: 0.5" in found["rate"]
    assert "its weights" in found["seed"]


def test_one_process_imports_nothing_of_mpi(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("mpi4py")]:
        monkeypatch.delitem(sys.modules, name)
    for variable in ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "WORLD_SIZE"):
        monkeypatch.delenv(variable, raising=False)
    assert not connect(make_solver())
    assert not any(name.startswith("mpi4py") for name in sys.modules)

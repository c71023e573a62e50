"""Ranks of both MPIs against one process that makes all their passes: the same bits."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from tests.distributed import trainings
from tests.distributed.engines import each_engine

pytest.importorskip("h5py")
pytest.importorskip("PIL")
pytest.importorskip("lmdb")

each_count = pytest.mark.parametrize("count", [1, 2, 3, 4])


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A function: what so many ranks of an engine have found, and one process in their place."""

    @cache
    def of_ranks(engine, count):
        folder = tmp_path_factory.mktemp(f"{engine.name}{count}")
        trainings.write_data(folder)
        engine.run(folder, count, "-m", "tests.distributed.trainings", str(folder))
        return folder, json.loads((folder / "found.json").read_text())

    def of_both(engine, count, part):
        folder, theirs = of_ranks(engine, count)
        run = trainings.Run(folder, None, count)
        return theirs[part], getattr(trainings, part)(run)

    of_both.ranks = of_ranks
    return of_both


@each_engine
@each_count
def test_weights_history_loss_and_state_are_those_of_one_process(engine, count, found):
    ours, theirs = found(engine, count, "same_bits")
    assert ours == theirs


@each_engine
@each_count
def test_a_resumed_training_goes_on_with_the_same_bits(engine, count, found):
    ours, theirs = found(engine, count, "resumed")
    assert ours["resumed"] == theirs["resumed"]


@each_engine
@each_count
def test_averages_are_those_of_the_first_rank(engine, count, found):
    ours, theirs = found(engine, count, "statistics")
    assert ours["learned"] == theirs["learned"]
    assert ours["batches counted"] == pytest.approx(_sum_of_shares(4))
    assert theirs["batches counted"] == pytest.approx(_sum_of_shares(4 * count))


def _sum_of_shares(batches: int, kept: float = 0.999) -> float:
    return sum(kept**age for age in range(batches))


@each_engine
@each_count
def test_statistics_of_all_are_those_of_one_whole_batch(engine, count, found):
    ours, theirs = found(engine, count, "whole_batch")
    for mine, other in zip(ours["weights"], theirs["weights"], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-12)


@each_engine
@each_count
def test_fast_sums_are_near(engine, count, found):
    ours, theirs = found(engine, count, "sums_in_any_order")
    for mine, other in zip(ours["weights"], theirs["weights"], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-6)


@each_engine
@pytest.mark.parametrize("count", [2, 3, 4])
def test_ranks_stop_together_and_copies_train_alone(engine, count, found):
    _, theirs = found.ranks(engine, count)
    assert theirs["only_ranks"]["stopped at"] == [4] * count
    assert theirs["only_ranks"]["copy"] == 1


@each_engine
@pytest.mark.parametrize("count", [2, 3, 4])
def test_ranks_that_differ_are_found_at_the_start(engine, count, found):
    _, theirs = found.ranks(engine, count)
    rate, seed = theirs["only_ranks"]["rate"], theirs["only_ranks"]["seed"]
    assert f"rank {count - 1} on " in rate
    assert "differs from rank 0 on " in rate
    assert "the solver's settings: base_lr: 0.05, as on rank 0" in rate
    assert "got:      base_lr: 0.5" in rate
    assert "its weights" in seed


def test_one_process_imports_nothing_of_mpi(monkeypatch):
    import sys

    from blobnet.distributed import connect
    from tests.solver.training import make_solver

    for name in [name for name in sys.modules if name.startswith("mpi4py")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delenv("PMI_SIZE", raising=False)
    solver = make_solver()
    assert not connect(solver)
    assert not any(name.startswith("mpi4py") for name in sys.modules)

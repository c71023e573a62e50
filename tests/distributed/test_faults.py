"""One rank that fails, is killed, or is told to stop: all end, and it is said how to go on."""

from __future__ import annotations

import os

import pytest

from blobnet.serialization.solver_state import read_solver_state
from tests.distributed.engines import each_engine
from tests.solver.training import RANDOM_REGRESSION, SETTINGS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")

RANKS = 3
TO_GO_ON = (
    f"mpiexec -n {RANKS} blobnet train --solver solver.prototxt --snapshot small_iter_4.solverstate"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "net.prototxt").write_text(RANDOM_REGRESSION)
    settings = SETTINGS.replace("max_iter: 20", "max_iter: 1000000")
    (tmp_path / "solver.prototxt").write_text(
        f'net: "net.prototxt" snapshot: 4 snapshot_prefix: "small" {settings}'
    )
    return tmp_path


def train(engine, folder, what, rank, iteration):
    arguments = ("-m", "tests.distributed.faulty", what, str(rank), str(iteration))
    return engine.ended(engine.start(folder, RANKS, *arguments, "--solver", "solver.prototxt"))


@each_engine
@pytest.mark.parametrize("rank", range(RANKS))
def test_a_rank_that_is_killed_ends_them_all(engine, rank, folder):
    code, output = train(engine, folder, "SIGKILL", rank, 6)
    assert code != 0
    assert TO_GO_ON in output
    assert read_solver_state(folder / "small_iter_4.solverstate").iter == 4


@each_engine
@pytest.mark.parametrize("rank", [RANKS - 1])
def test_an_exception_is_told_first_and_then_how_to_go_on(engine, rank, folder):
    code, output = train(engine, folder, "raise", rank, 6)
    assert code != 0
    told = output.index(f"blobnet: rank {rank} on ")
    error = output.index("RuntimeError: this rank has had enough")
    assert told < error < output.rindex(f"to go on from the last snapshot: {TO_GO_ON}")
    others = (f"rank {other} on " for other in range(RANKS) if other != rank)
    assert not any(other in output[:error] for other in others)


@each_engine
@pytest.mark.parametrize(("name", "rank"), [("SIGINT", 0), ("SIGTERM", RANKS - 1)])
def test_a_signal_to_one_rank_stops_all_with_one_snapshot(engine, name, rank, folder):
    code, output = train(engine, folder, name, rank, 6)
    assert code != 0
    (state,) = folder.glob("small_iter_[!4]*.solverstate")
    assert read_solver_state(state).iter in (7, 8)
    assert f"--snapshot {state.name}" in output
    assert "Stopped at iteration" in output

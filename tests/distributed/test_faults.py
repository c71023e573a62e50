"""A training of shuffled data that is killed, told to stop, and goes on, again and again.

Each start of the ranks ends in another way; all that is left of it is a snapshot, and that is to
the bit what one process comes to that nobody has stopped.
"""

from __future__ import annotations

import os
import re

import numpy as np
import pytest

import blobnet
from tests.distributed import trainings
from tests.distributed.engines import each_engine
from tests.solver.training import SETTINGS, weights_of

pytest.importorskip("h5py")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")

RANKS = 3
LIMIT = "3"  # seconds without a sign of life
WITHOUT_KERNELS = {"NUMBA_DISABLE_JIT": "1"}  # the same bits here, and ranks start sooner


class Story:
    """The starts of a training, and the one process that makes all its passes."""

    def __init__(self, engine, folder):
        self.engine, self.folder = engine, folder
        trainings.write_rows(folder)
        (folder / "net.prototxt").write_text(trainings.hdf5(folder))
        settings = SETTINGS.replace("max_iter: 20", "max_iter: 1000000")
        (folder / "solver.prototxt").write_text(
            f'net: "net.prototxt" snapshot: 4 snapshot_prefix: "it" momentum: 0.9 {settings}'
        )

    def solver(self, passes, state=None, prefix="it"):
        solver = blobnet.get_solver(str(self.folder / "solver.prototxt"))
        solver.param.iter_size = passes
        if state is not None:
            solver.restore(self.folder / f"{prefix}_iter_{state}.solverstate")
        return solver

    def train_alone(self, iterations):
        """One process that keeps each of its steps."""
        alone = self.solver(RANKS)
        alone.param.snapshot, alone.param.snapshot_prefix = 1, str(self.folder / "one")
        alone.step(iterations)

    def goes_on(self, what, rank, iteration, snapshot=None, ranks=RANKS, **variables):
        """Start the ranks; one of them meets with something. The exit code, and what is told."""
        words = ["-m", "tests.distributed.faulty", what, str(rank), str(iteration)]
        words += ["--solver", "solver.prototxt"]
        if snapshot is not None:
            words += ["--snapshot", f"it_iter_{snapshot}.solverstate"]
        variables |= WITHOUT_KERNELS
        return self.engine.ended(self.engine.start(self.folder, ranks, *words, **variables))

    def command(self, iteration, ranks=RANKS):
        train = "blobnet train --solver solver.prototxt --snapshot"
        return f"mpiexec -n {ranks} {train} it_iter_{iteration}.solverstate"

    def check_snapshot(self, iteration):
        """It is what one process comes to without a stop."""
        check_same(self.solver(RANKS, iteration), self.solver(RANKS, iteration, "one"))


def check_same(solver, other):
    """Whether both go on in the same way."""
    arrays = [[*weights_of(each), *each.history_] for each in (solver, other)]
    for mine, theirs in zip(*arrays, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert solver.iter == other.iter
    assert solver.get_state() == other.get_state()


@each_engine
def test_ranks_that_fail_are_told_of_and_the_training_goes_on_to_the_bit(
    engine, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    story = Story(engine, tmp_path)
    story.train_alone(15)
    check_kills(story)
    check_an_exception(story)
    stopped = check_a_stop(story)
    stopped = check_another_number_of_ranks(story, stopped, 3, 2, "0.666667")
    check_another_number_of_ranks(story, stopped, 2, 3, "1.5")
    check_a_lost_rank(story)


def check_kills(story):
    """Each rank in turn; the next start goes on from what is left."""
    snapshot = None
    for rank in range(RANKS):
        code, output = story.goes_on("SIGKILL", rank, 4 * rank + 6, snapshot)
        snapshot = 4 * rank + 4
        assert code != 0
        assert story.command(snapshot) in output
        story.check_snapshot(snapshot)


def check_an_exception(story):
    """It is told first, then how to go on."""
    last = RANKS - 1
    code, output = story.goes_on("raise", last, 14, snapshot=12)
    assert code != 0
    told = output.index(f"blobnet: rank {last} on ")
    error = output.index("\n  RuntimeError: this rank has had enough")
    assert told < error < output.rindex(f"to go on from the last snapshot: {story.command(12)}")
    assert not any(f"rank {other} on " in output[:error] for other in range(last))


def check_a_stop(story):
    """A signal to one rank stops all, with one snapshot. Returns of which iteration."""
    code, output = story.goes_on("SIGTERM", RANKS - 1, 13, snapshot=12)
    assert code != 0
    stopped = iteration_of_stop(output)
    assert stopped in (14, 15)
    assert story.command(stopped) in output
    story.check_snapshot(stopped)
    return stopped


def iteration_of_stop(output):
    return int(re.search(r"Stopped at iteration (\d+)", output).group(1))


def check_another_number_of_ranks(story, stopped, before, ranks, change):
    """They go on; it is said what changes, and one process does the same. Returns where it ends."""
    told = (
        f"an update is made of {ranks} passes (iter_size in each process) from now on, "
        f"it was made of {before}: the effective batch is {change} times as large"
    )
    code, output = story.goes_on("SIGINT", 0, stopped + 3, stopped, ranks)
    assert code != 0
    assert told in output
    end = iteration_of_stop(output)
    theirs = story.solver(ranks, end)
    alone = story.solver(ranks, stopped)
    alone.step(end - stopped)
    alone.snapshot()
    check_same(theirs, story.solver(ranks, end))
    return end


def check_a_lost_rank(story):
    """One that stands still, as on a machine that is gone, is missed; not one that works long."""
    code, output = story.goes_on("SIGSTOP", 1, 9, ranks=2, BLOBNET_RANK_TIMEOUT=LIMIT)
    assert code != 0
    lost = output.index("rank 1 is lost")
    assert f"within {LIMIT} (BLOBNET_RANK_TIMEOUT)" in output
    assert lost < output.rindex(f"to go on from the last snapshot: {story.command(8, ranks=2)}")


SCRIPT = """
import blobnet
from blobnet.distributed import connect
from blobnet.distributed.world import find_ranks
solver = blobnet.get_solver("solver.prototxt")
assert connect(solver)
solver.step(2)
assert find_ranks().rank != 1, "this is not my day"
solver.step(1_000_000)
"""


@each_engine
def test_an_error_in_a_script_ends_all_ranks(engine, tmp_path):
    Story(engine, tmp_path)
    (tmp_path / "script.py").write_text(SCRIPT)
    code, output = engine.ended(engine.start(tmp_path, 2, "script.py", **WITHOUT_KERNELS))
    assert code != 0
    error = output.index("AssertionError: this is not my day")
    assert "blobnet: rank 1 on " in output[error:]
    assert "this error ends all ranks" in output[error:]


ONE_LACKS_A_MODULE = """
import os, sys
from blobnet.cli import main
rank = os.environ.get("PMI_RANK") or os.environ["OMPI_COMM_WORLD_RANK"]
words = ["train", "--solver", "solver.prototxt"]
sys.exit(main([*words, "--import", "not_there"] if rank == "1" else words))
"""


@each_engine
def test_a_rank_that_fails_before_it_looks_for_others_ends_them(engine, tmp_path):
    Story(engine, tmp_path)
    words = ["-c", ONE_LACKS_A_MODULE]
    code, output = engine.ended(engine.start(tmp_path, 2, *words, **WITHOUT_KERNELS))
    assert code != 0
    assert output.index("not_there") < output.index("rank 1 on ")
    assert "this error ends all ranks" in output


def test_one_process_goes_on_where_four_were_and_says_what_changes(tmp_path, warnings, monkeypatch):
    monkeypatch.chdir(tmp_path)
    story = Story(None, tmp_path)
    four = story.solver(4)
    four.step(4)
    assert four.last_snapshot.name == "it_iter_4.solverstate"
    alone = story.solver(1)
    alone.restore(tmp_path / "it_iter_4.solverstate")
    (told,) = warnings(alone.step, 1)
    assert "an update is made of 1 passes" in told
    assert "it was made of 4: the effective batch is 0.25 times as large" in told
    assert warnings(alone.step, 1) == []
    assert alone.iter == 6

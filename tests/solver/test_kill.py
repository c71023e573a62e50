"""A training as a process of its own, killed at any moment."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from blobnet.serialization.solver_state import read_solver_state
from blobnet.snapshots.pairs import find_weights
from tests.solver.process import (
    Training,
    check_files,
    final_files,
    iteration_of,
    newest_state,
    prepare,
    run_to_the_end,
    training,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")

LAST = 60
KILLS = 9


@pytest.mark.parametrize("snapshot_format", ["BINARYPROTO", "HDF5"])
def test_killed_again_and_again_it_ends_with_the_same_bits(snapshot_format, tmp_path):
    if snapshot_format == "HDF5":
        pytest.importorskip("h5py")
    settings = f"max_iter: {LAST} snapshot: 4 snapshot_format: {snapshot_format}"
    unbroken = prepare(tmp_path / "unbroken", settings)
    run_to_the_end(unbroken)

    folder = prepare(tmp_path / "killed", settings)
    rng, before = np.random.default_rng(5), -1
    for attempt in range(KILLS):
        with training(folder, *newest_state(folder)) as running:
            kill_somewhere(running, attempt, rng, folder)
        check_files(folder)
        reached = max(map(iteration_of, folder.glob("small_iter_*.solverstate*")), default=0)
        assert reached >= before
        before = reached
    run_to_the_end(folder, *newest_state(folder))
    assert final_files(folder, LAST) == final_files(unbroken, LAST)
    assert not list(folder.glob(".*")), "the last run has tidied up after all others"


def kill_somewhere(running: Training, attempt: int, rng, folder: Path) -> None:
    """At a random line of the log, within a snapshot, or between its two files."""
    if attempt % 3 == 0:
        for _ in range(rng.integers(1, 40)):
            running.wait_for("")
    elif attempt % 3 == 1:
        running.wait_for("Snapshotting to")
        known = set(os.listdir(folder))
        while running.process.poll() is None and set(os.listdir(folder)) <= known:
            pass  # until a temporary file has appeared
    else:
        running.wait_for("Snapshotting solver state")
    running.send(signal.SIGKILL)
    running.process.wait()


@pytest.mark.parametrize("snapshot_format", ["BINARYPROTO", "HDF5"])
def test_a_second_training_of_the_same_names_mixes_no_pair_when_it_is_killed(
    snapshot_format, tmp_path
):
    """Whatever state is there, its own run's weights are there too."""
    if snapshot_format == "HDF5":
        pytest.importorskip("h5py")
    settings = f"max_iter: 16 snapshot: 2 snapshot_format: {snapshot_format} "
    pairs: dict[bytes, bytes] = {}
    for number in (1, 2):
        folder = prepare(tmp_path / f"run{number}", settings)
        solver = folder / "solver.prototxt"
        solver.write_text(solver.read_text().replace("random_seed: 7", f"random_seed: {number}"))
        run_to_the_end(folder)
        for state in folder.glob("small_iter_*.solverstate*"):
            weights = folder / state.name.replace("solverstate", "caffemodel")
            pairs[state.read_bytes()] = weights.read_bytes()
    assert len(pairs) == 2 * 8

    folder, rng = tmp_path / "run1", np.random.default_rng(6)
    for attempt in range(4):
        solver = tmp_path / ("run2" if attempt % 2 == 0 else "run1") / "solver.prototxt"
        with training(folder, "--solver", str(solver)) as running:
            kill_somewhere(running, 1 + attempt % 2, rng, folder)
        states = list(folder.glob("small_iter_*.solverstate*"))
        assert len(states) == 8
        for state in states:
            stored = read_solver_state(state)
            found = find_weights(stored.learned_net, state, json.loads(stored.extra)["weights"])
            assert found.parent == folder
            assert found.read_bytes() == pairs[state.read_bytes()]

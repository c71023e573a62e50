"""A training as a process of its own: killed at any moment, interrupted, resumed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.serialization.solver_state import read_solver_state
from tests.solver.training import RANDOM_DATA

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")

NET = (
    'name: "killed"'
    + RANDOM_DATA
    + """
    layer { name: "ip1" type: "InnerProduct" bottom: "x" top: "ip1"
      inner_product_param { num_output: 4000 weight_filler { type: "xavier" } } }
    layer { name: "drop1" type: "Dropout" bottom: "ip1" top: "ip1" }
    layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
      inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "ip2" bottom: "y" top: "loss" }
"""
)
SOLVER = """
    net: "net.prototxt" type: "Adam" momentum: 0.9 base_lr: 0.001 lr_policy: "fixed"
    random_seed: 7 display: 1 average_loss: 5 iter_size: 2 test_iter: 2 test_interval: 5
    snapshot_prefix: "small"
"""
LOG_LINE = re.compile(r"I\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ \w+\.py:\d+\] ")
LAST = 60
KILLS = 9


class Training:
    """`blobnet train` in a process of its own, in a folder of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "blobnet", "train", "--solver", "solver.prototxt"]
        root = str(Path(blobnet.__file__).parents[1])
        self.process = subprocess.Popen(
            [*command, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": root, "OPENBLAS_NUM_THREADS": "1"},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log: list[str] = []

    def wait_for(self, pattern: str) -> str | None:
        """Read the log up to a line with that pattern; None where it ends before."""
        for line in self.process.stderr:
            self.log.append(line)
            if re.search(pattern, line):
                return line
        return None

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Read the rest of the log; the exit code."""
        self.wait_for("(?!)")
        return self.process.wait()


@contextmanager
def training(folder: Path, *arguments: str) -> Iterator[Training]:
    running = Training(folder, *arguments)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        running.process.stderr.close()


def prepare(folder: Path, settings: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "net.prototxt").write_text(NET)
    (folder / "solver.prototxt").write_text(SOLVER + settings)
    return folder


def newest_state(folder: Path) -> list[str]:
    """The arguments to go on from the newest snapshot."""
    states = sorted(folder.glob("small_iter_*.solverstate*"), key=iteration_of)
    return ["--snapshot", states[-1].name] if states else []


def iteration_of(path: Path) -> int:
    return int(re.search(r"_iter_(\d+)", path.name).group(1))


def run_to_the_end(folder: Path, *arguments: str) -> None:
    with training(folder, *arguments) as running:
        assert running.end() == 0, "".join(running.log[-5:])
    assert all(LOG_LINE.match(line) for line in running.log)


def final_files(folder: Path, iteration: int) -> list[bytes]:
    """Paths in the state are relative, so that all bytes must be the same in any folder."""
    paths = sorted(folder.glob(f"small_iter_{iteration}.*"))
    assert len(paths) == 2
    return [path.read_bytes() for path in paths]


# --- killed ---------------------------------------------------------------------------------------


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


def check_files(folder: Path) -> None:
    """What has a final name is whole; what is not, begins with a dot."""
    net = blobnet.parse_net(NET)
    for path in folder.iterdir():
        if ".caffemodel" in path.name and not path.name.startswith("."):
            blobnet.Net(net, phase="TRAIN", weights=path)
        elif ".solverstate" in path.name and not path.name.startswith("."):
            stored = read_solver_state(path)
            assert stored.iter == iteration_of(path)
            assert len(stored.history) == 8
            assert stored.extra
            assert (folder / stored.learned_net).is_file()
        else:
            assert re.fullmatch(
                r"(net|solver)\.prototxt|\.small_iter_\d+\.\w+(\.h5)?\.\w+\.tmp", path.name
            )


# --- asked to stop, or for a snapshot -------------------------------------------------------------


def test_an_interrupt_stops_with_a_snapshot_to_go_on_from(tmp_path):
    folder = prepare(tmp_path / "stopped", "max_iter: 1000000")
    with training(folder) as running:
        assert running.wait_for(r"Iteration 7 ")
        running.send(signal.SIGINT)
        assert running.end() == 130
    assert any("Optimization stopped early." in line for line in running.log)
    assert not any("Traceback" in line for line in running.log)
    stopped_at = iteration_of(next(folder.glob("*.solverstate")))
    assert stopped_at >= 7

    unbroken = prepare(tmp_path / "unbroken", f"max_iter: {stopped_at + 6}")
    run_to_the_end(unbroken)
    run_to_the_end(folder, *newest_state(folder), "--max_iter", str(stopped_at + 6))
    assert final_files(folder, stopped_at + 6) == final_files(unbroken, stopped_at + 6)


def test_a_hangup_writes_a_snapshot_and_goes_on(tmp_path):
    folder = prepare(tmp_path, "max_iter: 1000000")
    with training(folder) as running:
        assert running.wait_for(r"Iteration 3 ")
        running.send(signal.SIGHUP)
        assert running.wait_for("Snapshotting solver state")
        assert running.wait_for(r"Iteration \d+ ")
        assert running.wait_for(r"Iteration \d+ ")
        assert running.process.poll() is None
    check_files(folder)
    assert len(list(folder.glob("*.solverstate"))) == 1


def test_effects_can_be_chosen(tmp_path):
    folder = prepare(tmp_path, "max_iter: 1000000")
    with training(folder, "--sigint_effect", "none", "--sighup_effect=stop") as running:
        assert running.wait_for(r"Iteration 3 ")
        for _ in range(3):
            running.send(signal.SIGINT)
            assert running.wait_for(r"Iteration \d+ ")
            assert running.wait_for(r"Iteration \d+ ")
        assert not list(folder.glob("*.solverstate"))
        running.send(signal.SIGHUP)
        assert running.end() == 130
    assert len(list(folder.glob("*.solverstate"))) == 1

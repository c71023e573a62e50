"""Trainings as processes of their own: to be killed, stopped, and gone on with."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import blobnet
from blobnet.serialization.solver_state import read_solver_state
from tests.solver.training import RANDOM_DATA

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
LOG_LINE = re.compile(r"I\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ \w+\.(?:py|cpp):\d+\] ")


class Training:
    """`blobnet train`, or a program, in a process of its own, in a folder of its own."""

    def __init__(self, folder: Path, *arguments: str, program: str | None = None) -> None:
        command = [sys.executable, "-m", "blobnet", "train", "--solver", "solver.prototxt"]
        if program is not None:
            command = [sys.executable, "-c", program]
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
def training(folder: Path, *arguments: str, **options: str) -> Iterator[Training]:
    running = Training(folder, *arguments, **options)
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

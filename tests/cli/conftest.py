"""The command line inside the test process: run a command, look at its exit code and its words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import blobnet
from blobnet.cli import main

PREFIX = re.compile(r"[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ \w+\.(?:py|cpp):\d+\] ")

FILLER = 'weight_filler { type: "gaussian" std: 0.5 }'
NET = f"""
name: "tiny"
layer {{ name: "data" type: "DummyData" top: "x" top: "y"
  dummy_data_param {{ shape {{ dim: 6 dim: 4 }} shape {{ dim: 6 dim: 3 }}
    data_filler {{ type: "gaussian" std: 1 }} data_filler {{ type: "uniform" }} }} }}
layer {{ name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
  inner_product_param {{ num_output: 3 {FILLER} }} }}
layer {{ name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "y" top: "loss" }}
"""
SOLVER = """
net: "net.prototxt" base_lr: 0.01 lr_policy: "fixed" max_iter: 4 random_seed: 3
display: 2 test_iter: 2 test_interval: 2 snapshot_prefix: "tiny"
"""


class Ran(NamedTuple):
    """What a command has left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def log(self) -> list[str]:
        """The messages of the log, without the date, time and place before them.

        That kernels are compiled is left out: it happens once on a machine, in any test.
        """
        messages = [PREFIX.sub("", line) for line in self.err.splitlines() if PREFIX.match(line)]
        return [text for text in messages if not text.startswith("Compiling kernels")]


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs one command."""

    def run_command(*words: object) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Ran(code, *capsys.readouterr())

    return run_command


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a small net and its solver in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    (tmp_path / "solver.prototxt").write_text(SOLVER)
    return tmp_path


@pytest.fixture
def weights(tiny: Path) -> Path:
    """A weight file for the small net."""
    blobnet.Net("net.prototxt", phase="TRAIN", seed=5).save("weights.caffemodel")
    return tiny / "weights.caffemodel"

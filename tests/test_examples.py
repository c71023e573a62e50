"""The examples run, as a person would run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet
from blobnet.datasets.mnist_folder import read_folder
from blobnet.datasets.to_lmdb import prepare_mnist
from tests.cli.digits import write_mnist

ROOT = Path(blobnet.__file__).parents[1]
EXAMPLES = Path(__file__).parents[1] / "examples"


def run_example(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def clone(tmp_path):
    """A folder with the example model, made smaller, and two small databases."""
    prepare_mnist(tmp_path, read_folder(write_mnist(tmp_path / "digits"), "few digits"))
    model = tmp_path / "models" / "lenet5"
    model.mkdir(parents=True)
    smaller = {
        "solver.prototxt": [("test_iter: 100", "test_iter: 2")],
        "train_test.prototxt": [
            ("batch_size: 64", "batch_size: 10"),
            ("batch_size: 100", "batch_size: 10"),
        ],
    }
    for name, changes in smaller.items():
        text = (EXAMPLES.parent / "models" / "lenet5" / name).read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (model / name).write_text(text)
    return tmp_path


def test_a_layer_of_your_own(tmp_path):
    ran = run_example("my_layer.py", folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        "gradients are right",
        "learned w = 2.000 (2), b = 0.500 (0.5)",
    ]
    assert list(tmp_path.iterdir()) == []


def test_lenet_step_by_step(clone):
    ran = run_example("train_lenet.py", "100", folder=clone)
    assert (ran.returncode, ran.stderr) == (0, "")
    *steps, last = ran.stdout.splitlines()
    losses = []
    for line, iteration in zip(steps, (50, 100), strict=True):
        loss, moved = re.fullmatch(
            rf"iteration {iteration}: loss (\S+), conv1 moved by (\S+)", line
        ).groups()
        assert float(moved) > 0
        losses.append(float(loss))
    assert max(losses) < 1  # a guess among ten has 2.3
    assert float(last.removeprefix("test accuracy ")) > 0.5


def test_lenet_without_its_data_says_what_is_missing(clone):
    shutil.rmtree(clone / "mnist_train_lmdb")
    ran = run_example("train_lenet.py", "50", folder=clone)
    assert ran.returncode == 1
    error = ran.stderr[ran.stderr.rindex("blobnet.errors.DataError") :]
    assert "mnist_train_lmdb" in error
    assert "blobnet dataset mnist" in error

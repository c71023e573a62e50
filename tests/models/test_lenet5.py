"""models/lenet5: what its README says of one step, in the order of Solver.step."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.datasets.digit_data import DigitData
from blobnet.datasets.to_lmdb import prepare_mnist
from blobnet.serialization.prototxt import read_solver
from tests.models.readme_code import run_blocks

LENET5 = Path(__file__).parents[2] / "models" / "lenet5"


@pytest.fixture
def folder(tmp_path, monkeypatch, rng):
    """The current folder, with the model and databases of noise."""
    images = rng.integers(0, 256, (70, 28, 28)).astype(np.uint8)
    labels = rng.integers(0, 10, 70).astype(np.uint8)
    prepare_mnist(tmp_path, DigitData(images, labels, images, labels, "noise"))
    shutil.copytree(LENET5, tmp_path / "models" / "lenet5")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_code_of_the_readme_holds(folder):
    names = run_blocks(folder / "models" / "lenet5" / "README.md")
    assert names["solver"].iter == 2


def test_a_claim_that_does_not_hold_is_found_in_its_line(folder):
    path = folder / "models" / "lenet5" / "README.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("assert solver.iter == 1", "assert solver.iter == 3"))
    with pytest.raises(AssertionError) as caught:
        run_blocks(path)
    line = 1 + text[: text.index("assert solver.iter == 1")].count("\n")
    assert (str(caught.traceback[-1].path), caught.traceback[-1].lineno + 1) == (str(path), line)


def test_the_readme_goes_the_way_of_a_step(folder, monkeypatch):
    """Clear, forward, backward, update, as the headings say, are the calls of Solver.step."""
    readme = (LENET5 / "README.md").read_text(encoding="utf-8")
    headings = re.findall(r"^\*\*(\w+)\.\*\*", readme, re.MULTILINE)
    param = read_solver("models/lenet5/solver.prototxt")
    param.test_initialization = False
    solver = blobnet.get_solver(param)
    called = []

    def watch(owner, method, word):
        run = getattr(owner, method)

        def told(*args, **named):
            called.append(word)
            return run(*args, **named)

        monkeypatch.setattr(owner, method, told)

    watch(solver.net, "clear_param_diffs", "Clear")
    watch(solver.net, "forward_from_to", "Forward")
    watch(solver.net, "backward_from_to", "Backward")
    watch(solver, "apply_update", "Update")
    solver.step(1)
    assert called == headings

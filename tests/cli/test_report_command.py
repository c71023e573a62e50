"""`blobnet report`: a page in a file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import blobnet

ROOT = Path(blobnet.__file__).parents[1]
LOG = """I0101 10:00:00.000000 1 solver.cpp:1] Solving small
I0101 10:00:01.000000 1 solver.cpp:1] Iteration 0, loss = 2.5
I0101 10:00:02.000000 1 solver.cpp:1] Iteration 10, loss = 0.5
"""


@pytest.fixture
def solver(tmp_path):
    """by_hand's, with its snapshots elsewhere."""
    text = (ROOT / "models/by_hand/solver.prototxt").read_text(encoding="utf-8")
    text = text.replace("models/by_hand/net", f"{ROOT.as_posix()}/models/by_hand/net")
    text = text.replace("models/by_hand/by_hand", f"{tmp_path.as_posix()}/by_hand")
    path = tmp_path / "solver.prototxt"
    path.write_text(text, encoding="utf-8")
    return path


def data_of(page: Path) -> dict:
    found = re.search(r'id="report">(.*?)</script>', page.read_text(encoding="utf-8"), re.S)
    return json.loads(found[1])


def test_of_the_newest_snapshot(run, solver, tmp_path):
    out = tmp_path / "out.html"
    ran = run("report", str(solver), str(out))
    assert ran.code == 0
    assert "there is no snapshot" in ran.out
    assert data_of(out)["view"]["training"]["iteration"] == 0
    assert run("train", "--solver", str(solver), "--max_iter", "3", "--quiet").code == 0
    log = tmp_path / "train.log"
    log.write_text(LOG, encoding="utf-8")
    ran = run("report", str(solver), str(out), "--log", str(log))
    assert "by_hand_iter_3.solverstate" in ran.out
    told = data_of(out)
    assert told["view"]["training"]["iteration"] == 3
    assert told["view"]["curves"]["loss"] == {"iterations": [0, 10], "values": [2.5, 0.5]}


def test_of_a_log(run, tmp_path):
    log, out = tmp_path / "train.log", tmp_path / "out.html"
    log.write_text(LOG, encoding="utf-8")
    ran = run("report", str(log), str(out))
    assert ran.code == 0
    assert f"wrote {out}" in ran.out
    assert data_of(out)["curves"]["loss"]["values"] == [2.5, 0.5]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a.log", "out.pdf"], "call it out.html"),
        (["a.prototxt", "out.html", "--weights", "a", "--snapshot", "b"], "not both"),
        (["a.log", "out.html", "--no-test"], "this is a log"),
        (["a.log", "nowhere/out.html"], "there is no folder"),
    ],
)
def test_wishes_that_make_no_sense(run, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    ran = run("report", *words)
    assert ran.code == 2
    assert message in ran.err


def test_a_log_without_a_training(run, tmp_path):
    log = tmp_path / "empty.log"
    log.write_text("nothing\n", encoding="utf-8")
    ran = run("report", str(log), str(tmp_path / "out.html"))
    assert ran.code == 1
    assert "no training in this log" in ran.err
    assert not (tmp_path / "out.html").exists()


def test_double_has_the_digits_of_the_sheet(run, solver, tmp_path):
    losses = []
    for options in ((), ("--double",)):
        assert run("report", str(solver), str(tmp_path / "out.html"), *options).code == 0
        losses.append(data_of(tmp_path / "out.html")["view"]["frame"]["loss"])
    assert losses[0] == float(np.float32(losses[0]))
    assert losses[1] == pytest.approx(losses[0], rel=1e-6)
    assert losses[1] != float(np.float32(losses[1]))

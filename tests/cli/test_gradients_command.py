"""`blobnet gradients`: a table, plain words, a picture; nothing else is left behind."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

import blobnet
from blobnet.cli import gradients_command
from blobnet.viz import curves
from tests.cli.conftest import NET, SOLVER

pytest.importorskip("matplotlib")

PNG = b"\x89PNG\r\n\x1a\n"
WELL = "no layer has vanishing or exploding gradients, none is dead or saturated"


LOSS = 'layer { name: "loss"'
BEFORE_LOSS = """
    layer { name: "big" type: "Power" bottom: "ip" top: "big" power_param { scale: 500 } }
    layer { name: "act" type: "Sigmoid" bottom: "big" top: "act" }
"""
SATURATED = NET.replace('bottom: "ip" bottom: "y"', 'bottom: "act" bottom: "y"').replace(
    LOSS, BEFORE_LOSS + LOSS
)


@pytest.fixture
def recorders(monkeypatch):
    """The recorders that the command makes."""
    made = []

    class Kept(gradients_command.GradientRecorder):
        def __init__(self, every):
            super().__init__(every)
            made.append(self)

    monkeypatch.setattr(gradients_command, "GradientRecorder", Kept)
    return made


def test_a_healthy_training_gets_a_table_a_picture_and_the_next_step(tiny, run):
    ran = run("gradients", "solver.prototxt", "g.png", "--iterations", 4)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("4 iterations recorded")
    rows = [line.split()[:2] for line in lines if line.split()]
    assert [rows[2], *rows[4:6]] == [
        ["layer", "type"],
        ["data", "DummyData"],
        ["ip", "InnerProduct"],
    ]
    assert lines[-3:] == [
        WELL,
        "wrote g.png",
        "next: blobnet train --solver solver.prototxt",
    ]
    assert (tiny / "g.png").read_bytes().startswith(PNG)


def test_the_training_leaves_no_snapshots_and_runs_no_tests(tiny, run):
    (tiny / "solver.prototxt").write_text(SOLVER + "snapshot: 1 test_initialization: true")
    ran = run("gradients", "solver.prototxt", "g.png")
    assert ran.code == 0
    assert "Testing net" not in ran.err
    assert sorted(path.name for path in tiny.iterdir()) == [
        "g.png", "net.prototxt", "solver.prototxt",
    ]  # fmt: skip


def test_trouble_is_named_with_advice_and_another_next_step(tiny, run):
    (tiny / "net.prototxt").write_text(SATURATED)
    ran = run("gradients", "solver.prototxt", "g.png")
    assert ran.code == 0
    lines = ran.out.splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("saturated: act: "))
    assert lines[place + 1].startswith("  near its limits")
    assert lines[-1] == (
        "next: change one thing in the net or the solver, then "
        "blobnet gradients solver.prototxt g.png"
    )


def test_a_training_that_diverges_is_drawn_before_it_is_explained(tiny, run):
    (tiny / "solver.prototxt").write_text(SOLVER.replace("0.01", "1e30"))
    ran = run("gradients", "solver.prototxt", "g.png")
    assert ran.code == 1
    assert "exploding: the loss: not finite, iteration 1" in ran.out
    assert "wrote g.png" in ran.out
    assert ran.err.startswith("blobnet: iteration ")
    assert (tiny / "g.png").read_bytes().startswith(PNG)


def test_a_failure_between_recorded_iterations_is_not_called_well(tiny, run):
    (tiny / "solver.prototxt").write_text(SOLVER.replace("0.01", "1e30"))
    ran = run("gradients", "solver.prototxt", "g.png", "--every", 3)
    assert ran.code == 1
    assert WELL not in ran.out


@pytest.mark.parametrize(
    ("words", "iterations"),
    [
        ([], [0, 1, 2, 3]),  # max_iter is 4
        (["--iterations", 3], [0, 1, 2]),
        (["-iterations", "100", "-every", "3"], [0, 3]),
    ],
)
def test_how_long_and_how_often(words, iterations, tiny, run, recorders):
    assert run("gradients", "solver.prototxt", "g.png", *words).code == 0
    assert recorders[0].iterations == iterations


def test_a_long_training_is_recorded_now_and_then(tiny, run, recorders):
    (tiny / "solver.prototxt").write_text(SOLVER.replace("max_iter: 4", "max_iter: 1000"))
    assert run("gradients", "solver.prototxt", "g.png", "--iterations", 401).code == 0
    assert recorders[0].every == 3
    assert len(recorders[0].iterations) == 134


def test_it_can_start_from_weights(tiny, weights, run, monkeypatch):
    stored = blobnet.Net("net.prototxt", phase="TRAIN", weights=weights).params["ip"][0].data
    (tiny / "solver.prototxt").write_text(SOLVER.replace("0.01", "0"))  # weights stay
    solvers = []

    def keep(*words, **options):
        solvers.append(blobnet.get_solver(*words, **options))
        return solvers[-1]

    monkeypatch.setattr(gradients_command, "get_solver", keep)
    assert run("gradients", "solver.prototxt", "g.png", "--weights", weights).code == 0
    np.testing.assert_array_equal(solvers[0].net.params["ip"][0].data, stored)


def test_it_can_start_from_a_snapshot(tiny, run, recorders):
    solver = blobnet.get_solver("solver.prototxt")
    solver.step(2)
    state = solver.snapshot()
    assert run("gradients", "solver.prototxt", "g.png", "--snapshot", state).code == 0
    assert recorders[0].iterations == [2, 3]


def test_at_the_end_of_a_training_there_is_nothing_to_watch(tiny, run):
    solver = blobnet.get_solver("solver.prototxt")
    solver.step(4)
    state = solver.snapshot()
    ran = run("gradients", "solver.prototxt", "g.png", "--snapshot", state)
    assert ran.code == 1
    assert "nothing is left to train" in ran.err
    assert not (tiny / "g.png").exists()


def test_an_interrupt_ends_the_training_and_draws_what_there_is(tiny, run, recorders, monkeypatch):
    on_update = gradients_command.GradientRecorder.on_update

    def interrupt(self, solver):
        on_update(self, solver)
        if solver.iter == 2:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(gradients_command.GradientRecorder, "on_update", interrupt)
    ran = run("gradients", "solver.prototxt", "g.png")
    assert ran.code == 130
    assert recorders[0].iterations == [0, 1]
    assert (tiny / "g.png").exists()


# --- wrong usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["solver.prototxt"], 2, "OUT"),
        (["solver.prototxt", "g.svg"], 2, "the picture is a PNG: call it g.png"),
        (["solver.prototxt", "none/g.png"], 2, "there is no folder none to put g.png into"),
        (["solver.prototxt", "g.png", "--iterations", "0"], 2, "iterations"),
        (
            ["solver.prototxt", "g.png", "--weights", "a", "--snapshot", "b"],
            2,
            "a snapshot or weights to start from but not both",
        ),
        (["nothing.prototxt", "g.png"], 1, "nothing.prototxt"),
        (["solver.prototxt", "g.png", "--weights", "nothing.caffemodel"], 1, "nothing.caffemodel"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_trained(words, code, message, tiny, run):
    ran = run("gradients", *words)
    assert ran.code == code
    assert message in ran.err
    assert ran.out == ""
    assert not list(tiny.glob("*.png"))


def test_without_matplotlib_nothing_is_trained(tiny, run, monkeypatch):
    imported = curves.import_extra
    monkeypatch.setattr(
        curves, "import_extra", lambda module, *more: imported(f"no_{module}", *more)
    )
    ran = run("gradients", "solver.prototxt", "g.png")
    assert (ran.code, ran.out) == (1, "")
    assert 'pip install "blobnet[plot]"' in ran.err

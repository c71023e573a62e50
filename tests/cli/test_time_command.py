from __future__ import annotations

import itertools
import re

import pytest

from blobnet.cli import time_command
from tests.cli.conftest import NET


@pytest.fixture
def clock(monkeypatch):
    """A clock that is one millisecond further whenever somebody looks at it."""
    ticks = itertools.count()
    monkeypatch.setattr(time_command.time, "perf_counter", lambda: next(ticks) / 1000)


def test_every_layer_is_timed_both_ways_in_caffes_words(tiny, clock, run):
    ran = run("time", "--model", "net.prototxt", "--iterations", 2)
    assert (ran.code, ran.out) == (0, "")
    log = ran.log
    assert re.fullmatch(r"Initial loss: [\d.]+", log.pop(2))
    # looked at twice for each of 3 forwards and 2 backwards, and before and after each iteration
    assert log == [
        "Use CPU.",
        "Performing Forward",
        "Performing Backward",
        "*** Benchmark begins ***",
        "Testing for 2 iterations.",
        "Iteration: 1 forward-backward time: 11 ms.",
        "Iteration: 2 forward-backward time: 11 ms.",
        "Average time per layer: ",
        "      data\tforward: 1 ms.",
        "      data\tbackward: 0 ms.",
        "        ip\tforward: 1 ms.",
        "        ip\tbackward: 1 ms.",
        "      loss\tforward: 1 ms.",
        "      loss\tbackward: 1 ms.",
        "Average Forward pass: 3 ms.",
        "Average Backward pass: 2 ms.",
        "Average Forward-Backward: 11 ms.",
        "Total Time: 22 ms.",
        "*** Benchmark ends ***",
    ]


def test_layers_do_run_forward_and_backward(tiny, run, monkeypatch):
    calls = []
    monkeypatch.setattr(time_command, "_milliseconds", lambda work: calls.append(work) or 0.0)
    assert run("time", "--model", "net.prototxt", "--iterations", 3).code == 0
    assert len(calls) == 3  # the iterations; what is in them has not been called
    for work in list(calls):
        work()
    per_iteration = calls[3:8]
    assert [work.func.__self__.name for work in per_iteration] == [
        "data", "ip", "loss", "loss", "ip",
    ]  # fmt: skip
    assert [work.func.__name__ for work in per_iteration] == ["forward"] * 3 + ["backward"] * 2


@pytest.mark.parametrize(
    ("words", "present", "absent"),
    [
        ([], "in_train", "in_test"),
        (["--phase", "TRAIN"], "in_train", "in_test"),
        (["-phase=TEST"], "in_test", "in_train"),
        (["--phase", "TEST", "--stage", "wide"], "in_stage", "in_train"),
    ],
)
def test_the_phase_decides_which_form_of_the_net(words, present, absent, tiny, run):
    more = 'layer { name: "%s" type: "Silence" bottom: "y" include { %s } }'
    extra = more % ("in_train", "phase: TRAIN") + more % ("in_test", "phase: TEST")
    (tiny / "net.prototxt").write_text(
        NET + extra + more % ("in_stage", 'phase: TEST stage: "wide"')
    )
    log = "\n".join(run("time", "--model", "net.prototxt", "--iterations", 1, *words).log)
    assert f"{present}\tforward" in log
    assert f"{absent}\tforward" not in log


def test_fifty_iterations_if_nothing_is_said(tiny, run):
    ran = run("time", "-model=net.prototxt", "-gpu", "0")
    assert ran.log[0] == "--gpu 0: blobnet runs on the CPU"
    assert "Testing for 50 iterations." in ran.log


def test_a_net_without_layers_is_refused(tiny, run):
    (tiny / "net.prototxt").write_text(
        'layer { name: "s" type: "Silence" include { phase: TEST } }'
    )
    ran = run("time", "--model", "net.prototxt")
    assert ran.code == 1
    assert ran.err == "blobnet: net.prototxt: this net has no layers in phase TRAIN\n"

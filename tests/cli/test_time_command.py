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


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """A machine of 1 GFLOP/s, known at once."""
    monkeypatch.setattr(time_command, "product_speed", lambda: 1e9)


def test_every_layer_is_timed_both_ways_in_caffes_words(tiny, clock, run):
    ran = run("time", "--model", "net.prototxt", "--iterations", 2)
    assert ran.code == 0
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


def test_a_table_says_how_fast_each_layer_multiplies(tiny, clock, run):
    ran = run("time", "--model", "net.prototxt", "--iterations", 2, "--threads", 1)
    rows = [line.split() for line in ran.out.splitlines()]
    # 6 x 4 x 3 multiply-adds in 1 ms are 0.000144 GFLOP/s; back, those of the weights alone
    assert ["ip", "InnerProduct", "72", "1.000", "0.0", "0", "%", "1.000", "0.0", "0", "%"] in rows
    assert ["data", "DummyData", "1.000", "-"] in rows
    assert ["loss", "EuclideanLoss", "1.000", "1.000"] in rows
    assert ["total", "72", "3.000", "0.0", "0", "%", "2.000", "0.0", "0", "%"] in rows
    assert "1 GFLOP/s is what one large matrix product reaches here, in 1 thread." in ran.out


def test_inference_has_a_forward_alone_and_leaves_out_what_is_merged(tiny, run):
    (tiny / "net.prototxt").write_text("""
        layer { name: "data" type: "DummyData" top: "x" dummy_data_param { shape { dim: 2 dim: 3
                dim: 8 dim: 8 } data_filler { type: "gaussian" } } }
        layer { name: "conv" type: "Convolution" bottom: "x" top: "conv"
                convolution_param { num_output: 4 kernel_size: 3 } }
        layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
        layer { name: "in_train" type: "Silence" bottom: "conv" include { phase: TRAIN } }
    """)
    ran = run("time", "--model", "net.prototxt", "--iterations", 1, "--inference")
    assert ran.code == 0
    assert "Performing Backward" not in ran.log
    assert "      relu\tforward: 0 ms." in ran.log
    assert "Average Backward pass: 0 ms." in ran.log
    assert not any("in_train" in message for message in ran.log)
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["relu", "ReLU", "-", "-"] in rows
    (conv,) = (row for row in rows if row[:1] == ["conv"])
    assert conv[-1] == "-"
    ran = run("time", "--model", "net.prototxt", "--iterations", 1, "--inference", "-phase=TRAIN")
    assert any("in_train" in message for message in ran.log)


def test_layers_do_run_forward_and_backward(tiny, run, monkeypatch):
    calls = []
    monkeypatch.setattr(time_command, "_milliseconds", lambda work: calls.append(work) or 0.0)
    assert run("time", "--model", "net.prototxt", "--iterations", 3).code == 0
    assert len(calls) == 3  # the iterations; what is in them has not been called
    for work in list(calls):
        work()
    per_iteration = calls[3:8]
    assert [work.__self__.layer.name for work in per_iteration] == [
        "data", "ip", "loss", "loss", "ip",
    ]  # fmt: skip
    assert [work.__name__ for work in per_iteration] == ["forward"] * 3 + ["backward"] * 2


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

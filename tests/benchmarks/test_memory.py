from __future__ import annotations

import sys

import pytest

import blobnet
from benchmarks import memory, processes
from benchmarks.nets import resnet50


def test_the_most_memory_is_what_linux_says(tmp_path):
    status = tmp_path / "status"
    status.write_text("Name:\tpython\nVmPeak:\t  999 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 1000 kB\n")
    assert memory.peak_bytes(status) == 1234 * 1024


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_elsewhere_getrusage_says_it(tmp_path):
    assert memory.peak_bytes(tmp_path / "absent") > 2**20


def test_each_side_has_processes_of_its_own_and_the_first_is_not_counted(monkeypatch):
    asked, answers = [], iter([9, 1, 2, 9, 3, 4])

    def python(*words, interpreter):
        asked.append((interpreter, *words))
        return f"{next(answers)}\n"

    monkeypatch.setattr(processes, "python", python)
    monkeypatch.setenv("BLOBNET_TORCH_PYTHON", "another")
    measured = memory.peak(rounds=7, work="training", batch=3)
    assert (measured.ours, measured.theirs) == ([1, 2], [3, 4])
    words = "-m", "benchmarks.memory"
    threads = str(blobnet.num_threads())
    assert asked[0] == (sys.executable, *words, "ours", "training", "3", threads)
    assert asked[-1] == ("another", *words, "theirs", "training", "3", threads)


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("work", ["forward", "training"])
def test_works_are_done(side, work):
    if side == "theirs":
        pytest.importorskip("torch", reason="PyTorch is not installed")
    before = blobnet.num_threads()
    try:
        memory.WORKS[side, work](1, before)
    finally:
        blobnet.set_num_threads(before)


def test_pytorchs_resnet_has_the_weights_of_ours():
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from benchmarks.torch_resnet import ResNet50

    net = blobnet.Net(resnet50(1), "TEST", seed=1, inference=True)
    learnt = [
        blob.shape
        for layer in net.layers
        for blob in (layer.blobs_ if layer.type != "BatchNorm" else [])
    ]
    theirs = [tuple(tensor.shape) for tensor in ResNet50().parameters()]
    assert sorted(theirs) == sorted(learnt)

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from tests.exchange.onnx.models import model, node, saved

pytest.importorskip("onnxruntime")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weight = np.random.default_rng(1).normal(size=(4, 3, 3, 3)).astype(np.float32)
    nodes = [
        node("Conv", ["x", "w"], ["c"]),
        node("Clip", ["c", "low", "high"], ["r"]),
        node("Softmax", ["r"], ["y"], axis=1),
    ]
    constants = {"w": weight, "low": np.float32(0), "high": np.float32(6)}
    saved(model(nodes, ("N", 3, 8, 8), constants), tmp_path)
    return tmp_path


def test_a_model_becomes_a_prototxt_and_a_caffemodel(folder, run):
    ran = run("import", "model.onnx", "net")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "wrote net.prototxt, 4 layers, and net.caffemodel"
    assert lines[1] == "  input x: 1 x 3 x 8 x 8"
    assert lines[2] == "  of forks of Caffe: ReLU6 (MobileNet-YOLO)"
    assert lines[-1] == "next: blobnet summary net.prototxt --phase TEST"
    net = blobnet.Net("net.prototxt", "TEST", weights="net.caffemodel")
    assert net.forward(x=np.ones((1, 3, 8, 8)))["y"].shape == (1, 4, 6, 6)
    assert net.params["the_Conv"][0].data.any()


def test_there_and_back(folder, run):
    assert run("import", "model.onnx", "net").code == 0
    ran = run("export", "net.prototxt", "net.caffemodel", "again.onnx")
    assert (ran.code, ran.err) == (0, "")
    assert run("import", "again.onnx", "again.prototxt", "--shape", "x=1,3,8,8").code == 0
    assert (folder / "again.caffemodel").is_file()


def test_shapes_and_the_check_are_options(folder, run):
    ran = run("import", "model.onnx", "net", "--shape", "x=5,3,8,8", "--no-check")
    assert ran.code == 0
    assert "  input x: 5 x 3 x 8 x 8" in ran.out
    assert "NOT CHECKED" in ran.out


def test_an_error_leaves_no_file(folder, run):
    saved(model([node("Erf", ["x"], ["y"])], (2, 3)), folder)
    ran = run("import", "model.onnx", "net")
    assert ran.code == 1
    assert "Erf (once, " in ran.err
    assert not list(folder.glob("net.*"))
    assert run("import", "model.onnx", "nowhere/net").code == 2

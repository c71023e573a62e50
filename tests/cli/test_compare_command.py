from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import blobnet

FILLER = 'weight_filler { type: "gaussian" std: 0.2 }'
NET = f"""
layer {{ name: "data" type: "Input" top: "data"
  input_param {{ shape {{ dim: 1 dim: 3 dim: 6 dim: 5 }} }} }}
layer {{ name: "conv/a" type: "Convolution" bottom: "data" top: "conv/a"
  convolution_param {{ num_output: 4 kernel_size: 3 {FILLER} }} }}
layer {{ name: "relu" type: "ReLU" bottom: "conv/a" top: "conv/a" }}
layer {{ name: "ip" type: "InnerProduct" bottom: "conv/a" top: "ip"
  inner_product_param {{ num_output: 3 {FILLER} }} }}
layer {{ name: "prob" type: "Softmax" bottom: "ip" top: "prob" }}
"""
COMPARE = ["compare", "net.prototxt", "net.caffemodel", "--with"]


@pytest.fixture
def net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    made = blobnet.Net("net.prototxt", "TEST", seed=1)
    made.save("net.caffemodel")
    return made


@pytest.fixture
def other(net, tmp_path):
    """The same net, but for one bias of the last layer."""
    net.params["ip"][1].data[1] += 0.5
    net.save("other.caffemodel")
    return "net.prototxt,other.caffemodel"


def test_a_net_is_as_it_is(net, run):
    ran = run(*COMPARE, "net.prototxt")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "input: data: random, --seed 1"
    assert lines[1] == "no blob of 4 is more than 0.0001 apart, beside its largest value"
    assert [line.split()[0] for line in lines[3:7]] == ["data", "conv/a", "ip", "prob"]
    assert lines[-1] == "next: --out apart.png draws how far each blob is apart"


def test_the_first_blob_that_differs_comes_first(other, run):
    ran = run(*COMPARE, other, "--csv", "t.csv", "--json", "t.json", "--out", "t.png")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[1] == "first beyond 0.0001: ip (InnerProduct)"
    assert lines[2] == "beyond it in all: 2 of 4 blobs"
    assert [line[0] for line in lines[4:8]] == [" ", " ", ">", "*"]
    assert lines[-1] == "next: blobnet doctor net.prototxt net.caffemodel"
    rows = list(csv.DictReader(Path("t.csv").read_text().splitlines()))
    assert [row["beyond"] for row in rows] == ["False", "False", "True", "True"]
    assert rows[2]["place"] == "0 1"
    told = json.loads(Path("t.json").read_text())
    assert told["first"] == "ip"
    assert told["blobs"][1]["layers"] == ["Convolution", "ReLU"]
    apart = abs(told["blobs"][2]["net"] - told["blobs"][2]["other"])
    assert apart == pytest.approx(told["blobs"][2]["largest"])
    with Image.open("t.png") as image:
        reds = np.all(np.abs(np.asarray(image.convert("RGB"), int) - (213, 94, 0)) < 20, axis=2)
    assert np.count_nonzero(reds) > 200


def test_the_tolerance_decides(other, run):
    assert run(*COMPARE, other, "--tolerance", "10").code == 0


def test_recorded_blobs_bring_their_input(net, tmp_path, run, rng):
    net.blobs["data"].reshape((2, 3, 6, 5))
    net.forward(data=rng.normal(size=(2, 3, 6, 5)))
    folder = tmp_path / "recorded"
    folder.mkdir()
    for name, blob in net.blobs.items():
        np.save(folder / f"{name.replace('/', '_')}.npy", blob.data)
    ran = run(*COMPARE, "recorded")
    assert ran.code == 0
    assert "input: data as it was recorded" in ran.out
    np.savez(tmp_path / "some.npz", data=net.blobs["data"].data, ip=net.blobs["ip"].data)
    ran = run(*COMPARE, "some.npz")
    assert ran.code == 0
    assert "not on the other side: conv/a, prob (2 in all)" in ran.out
    np.save(folder / "ip.npy", net.blobs["ip"].data[:, :2])
    ran = run(*COMPARE, "recorded")
    assert ran.code == 1
    assert "shape [2, 3], and [2, 2] on the other side" in ran.out


def test_inputs_may_be_an_image_or_an_array(net, tmp_path, run, rng):
    Image.fromarray(rng.integers(0, 256, (8, 9, 3), np.uint8)).save("i.png")
    ran = run(*COMPARE, "net.prototxt", "--image", "i.png", "--scale", "0.01")
    assert ran.code == 0
    assert ran.out.startswith("input: i.png: resized to ")
    np.save("x.npy", rng.normal(size=(4, 3, 6, 5)))
    for text in ("x.npy", "data=x.npy"):
        ran = run(*COMPARE, "net.prototxt", "--input", text)
        assert ran.code == 0
        assert ran.out.startswith(f"input: {text}\n")
    assert "random" not in ran.out


def test_an_onnx_model_that_was_exported_agrees(net, run):
    pytest.importorskip("onnxruntime")
    assert run("export", "net.prototxt", "net.caffemodel", "net.onnx").code == 0
    ran = run(*COMPARE, "net.onnx")
    assert ran.code == 0
    assert "prob" in ran.out


def test_opencv_agrees_where_it_is(net, run):
    cv2 = pytest.importorskip("cv2")
    ran = run(*COMPARE, "opencv")
    if hasattr(cv2.dnn, "readNetFromCaffe"):
        assert ran.code == 0
        assert "no blob of 4" in ran.out
    else:
        assert "opencv-python-headless<5" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["none.prototxt"], 1, "none.prototxt: cannot be read"),
        (["none.onnx"], 1, "none.onnx: cannot be read"),
        (["none.npz"], 1, "none.npz: cannot be read"),
        (["net.prototxt", "--input", "y=x.npy"], 1, "the net has no input 'y'"),
        (["net.prototxt", "--input", "net.prototxt"], 1, "the arrays cannot be read"),
        (["net.prototxt", "--input", "x.npy", "--image", "i.png"], 2, "one of them"),
        (["net.prototxt", "--out", "none/a.png"], 2, "there is no folder none"),
        (["bad.onnx"], 1, "not an ONNX model that can be read"),
        (["inputs.npz"], 1, "the other side has no blob that this net computes"),
        (["strange.npz"], 1, "the other side has no blob that this net computes"),
    ],
)
def test_errors_are_explained(net, tmp_path, run, words, code, message):
    np.save("x.npy", np.zeros(3))
    np.savez("strange.npz", a=np.zeros(2))
    np.savez("inputs.npz", data=np.zeros((1, 3, 6, 5)))
    (tmp_path / "bad.onnx").write_bytes(b"\xff\xff\xff")
    ran = run(*COMPARE, *words)
    assert ran.code == code
    assert message in ran.err

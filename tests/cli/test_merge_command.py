from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

import blobnet

NET = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 5 dim: 5 } } }
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 2 kernel_size: 3 bias_term: false
    weight_filler { type: "gaussian" std: 1 } } }
layer { name: "bn" type: "BatchNorm" bottom: "conv" top: "conv" }
layer { name: "relu" type: "ReLU" bottom: "conv" top: "relu" }
layer { name: "scale" type: "Scale" bottom: "relu" top: "prob" }
"""


@pytest.fixture
def net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    made = blobnet.Net("net.prototxt", "TEST", seed=1)
    for blob, value in zip(made.params["bn"], (0.5, 2, 1), strict=True):
        blob.data[...] = value
    made.params["scale"][0].data[...] = 3
    made.save("net.caffemodel")
    return tmp_path


def test_it_tells_what_it_does_and_what_comes_next(net, run):
    ran = run("merge", "net.prototxt", "net.caffemodel", "out")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "merged: bn into conv"
    assert lines[1] == 'stays: scale: it stands behind ReLU "relu", which has no weights for it'
    assert lines[2].startswith("checked: prob: largest relative difference ")
    assert float(lines[2].split()[5]) < 1e-5
    assert lines[3:5] == ["wrote out.prototxt", "wrote out.caffemodel"]
    assert lines[5] == "next: blobnet time --model out.prototxt --inference"
    assert lines[6] == "      or take both files to another program"
    assert run("time", "--model", "out.prototxt", "--inference").code == 0


def test_where_nothing_can_be_merged_it_says_so(net, run):
    assert run("merge", "net.prototxt", "net.caffemodel", "out").code == 0
    ran = run("merge", "out.prototxt", "out.caffemodel", "again")
    assert ran.code == 0
    assert ran.out.endswith("out.prototxt: nothing can be merged; nothing is written\n")
    assert not (net / "again.prototxt").exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["net.prototxt", "net.caffemodel", "net"], 1, "would replace what it is made of"),
        (["net.prototxt", "net.caffemodel", "none/out"], 2, "there is no folder none"),
        (["net.prototxt", "none.caffemodel", "out"], 1, "none.caffemodel: cannot be read"),
        (["none.prototxt", "net.caffemodel", "out"], 1, "none.prototxt: cannot be read"),
    ],
)
def test_errors_are_explained(net, run, words, code, message):
    ran = run("merge", *words)
    assert ran.code == code
    assert message in ran.err


@pytest.mark.parametrize("numbers", ["float16", "int8"])
def test_smaller_numbers_are_written_and_measured(net, run, rng, numbers):
    for name in "ab":
        pixels = rng.integers(0, 256, (5, 5, 3), np.uint8)
        Image.fromarray(pixels).save(net / f"{name}.png")
    words = ["merge", "net.prototxt", "net.caffemodel", "out", "--numbers", numbers]
    ran = run(*words, "--images", "a.png", "--images", "b.png", "--scale", "0.01")
    assert ran.code == 0
    assert f"{numbers}: prob: " in ran.out
    last = ran.out.splitlines()[-1]
    assert ("no program but blobnet reads int8" in last) == (numbers == "int8")
    assert re.search(r"images: prob: largest relative difference \S+\n", ran.out)
    assert run(*words).out.endswith("next: --images FOLDER measures it on pictures of your own\n")
    small = blobnet.Net("out.prototxt", "TEST", weights="out.caffemodel")
    run("merge", "net.prototxt", "net.caffemodel", "whole")
    whole = blobnet.Net("whole.prototxt", "TEST", weights="whole.caffemodel")
    apart = np.abs(small.params["conv"][0].data - whole.params["conv"][0].data).max()
    assert 0 < apart < 0.02 * np.abs(whole.params["conv"][0].data).max()


def test_smaller_numbers_are_written_where_nothing_is_merged(net, run):
    assert run("merge", "net.prototxt", "net.caffemodel", "out").code == 0
    ran = run("merge", "out.prototxt", "out.caffemodel", "again", "--numbers", "int8")
    assert ran.code == 0
    assert "merged" not in ran.out
    assert (net / "again.caffemodel").exists()


def test_images_measure_numbers(net, run):
    ran = run("merge", "net.prototxt", "net.caffemodel", "out", "--images", "a.png")
    assert ran.code == 2
    assert "say which numbers" in ran.err

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

import blobnet
from blobnet.exchange.onnx import register
from blobnet.exchange.onnx.register import writer_of, writes
from blobnet.layers.activation.abs_val import AbsVal

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

FILLER = 'weight_filler { type: "gaussian" std: 0.5 }'
DATA = """
name: "tiny"
layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TEST }
  transform_param { mean_value: 104 mean_value: 117 mean_value: 123 scale: 0.5 crop_size: 6 }
  data_param { source: "missing_lmdb" batch_size: 8 } }
"""
NET = f"""
layer {{ name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param {{ num_output: 2 kernel_size: 3 {FILLER} }} }}
layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "conv" bottom: "label" top: "loss" }}
"""
DEPLOY = """
layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [2, 3, 6, 6] } } }
""" + NET.partition('layer { name: "loss"')[0]


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deploy.prototxt").write_text(DEPLOY)
    (tmp_path / "train.prototxt").write_text(DATA + NET)
    blobnet.Net("deploy.prototxt", "TEST", seed=1).save("w.caffemodel")
    return tmp_path


def test_what_is_written_is_told_with_the_differences(files, run):
    ran = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert re.fullmatch(r"wrote out.onnx: 1 nodes of opset 17, .*B", lines[0])
    assert "  input data: N x 3 x H x W" in lines
    (row,) = (re.split("  +", line) for line in lines if line.startswith("  conv"))
    assert row[1:3] == ["conv", "N x 2 x ? x ?"]
    assert lines[-1] == "next: onnxruntime.InferenceSession('out.onnx').run(None, {'data': ...})"
    onnx.checker.check_model("out.onnx")


def test_data_layers_become_inputs_and_losses_are_left_out(files, run):
    ran = run("export", "train.prototxt", "w.caffemodel", "out.onnx")
    assert ran.code == 1
    assert "--shape data=8,C,H,W" in ran.err
    ran = run("export", "train.prototxt", "w.caffemodel", "out.onnx", "--shape", "data=8,3,6,6",
              "--shape", "label=8,1,4,4")  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert "  left out, as in a deploy net: loss" in ran.out
    props = {one.key: one.value for one in onnx.load("out.onnx").metadata_props}
    assert props["preprocessing.mean_value"] == "104,117,123"
    assert (props["preprocessing.scale"], props["preprocessing.crop_size"]) == ("0.5", "6")
    assert props["preprocessing.channel_order"] == "BGR"
    assert props["blobnet.weights"] == "w.caffemodel"


def test_the_net_that_was_trained_tells_of_preprocessing(files, run):
    lines = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx", "--like", "train.prototxt")
    assert "  metadata preprocessing.mean_value: 104,117,123" in lines.out.splitlines()
    (files / "train_val.prototxt").write_text((files / "train.prototxt").read_text())
    (files / "train.prototxt").unlink()
    lines = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx")  # it lies beside
    assert "  metadata preprocessing.mean_value: 104,117,123" in lines.out.splitlines()


def test_options_tell_of_preprocessing_and_a_mean_that_is_missing_is_only_named(files, run):
    text = DATA.replace("mean_value: 104 mean_value: 117 mean_value: 123", 'mean_file: "m.npy"')
    (files / "train.prototxt").write_text(text + NET)
    ran = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx")
    assert "  metadata preprocessing.mean_file: m.npy" in ran.out.splitlines()
    words = ["--like", "train.prototxt", "--mean", "1,2,3", "--channels", "RGB", "--size", "8x9"]
    ran = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx", *words)
    props = {one.key: one.value for one in onnx.load("out.onnx").metadata_props}
    assert props["preprocessing.mean_value"] == "1,2,3"
    assert "preprocessing.mean_file" not in props
    assert (props["preprocessing.channel_order"], props["preprocessing.resize"]) == ("RGB", "8x9")


def test_the_check_runs_on_an_image(files, run):
    pixels = np.random.default_rng(1).integers(0, 256, (9, 7, 3), np.uint8)
    Image.fromarray(pixels).save("cat.png")
    words = ["export", "deploy.prototxt", "w.caffemodel", "out.onnx", "--image", "cat.png"]
    ran = run(*words, "--scale", "2")
    assert ran.code == 0
    assert "input: cat.png: resized to 6 x 6, blue green red, times 2" in ran.out.splitlines()
    assert any(re.match(r"  conv  +N x 2", line) for line in ran.out.splitlines())
    ran = run(*words, "--scale", "2", "--size", "own")
    assert "input: cat.png: blue green red, times 2" in ran.out.splitlines()
    assert run(*words, "--no-check").code == 2
    (files / "train.prototxt").unlink()
    ran = run(*words)
    assert "how were images prepared" in ran.err


def test_without_the_check_it_is_said_loudly(files, run):
    ran = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx", "--no-check")
    assert ran.code == 0
    assert "NOT CHECKED" in ran.out


GROWS = """
layer { name: "abs" type: "AbsVal" bottom: "conv" top: "abs" }
layer { name: "scores" type: "Power" bottom: "abs" top: "scores" power_param { scale: 1e3 } }
layer { name: "prob" type: "Softmax" bottom: "scores" top: "prob" }
"""


def test_a_rounding_that_grows_is_an_error_unless_it_is_accepted(files, run, monkeypatch):
    """AbsVal is written as what rounds otherwise; the softmax of large scores makes it more."""
    writer_of(AbsVal(blobnet.proto.LayerParameter()))  # the register is filled
    monkeypatch.setattr(register, "_WRITERS", dict(register._WRITERS))
    writes(AbsVal)(
        lambda nodes: nodes.op("Abs", nodes.op("Mul", nodes.bottoms[0], nodes.array(1 + 2e-6)))
    )
    (files / "deploy.prototxt").write_text(DEPLOY.replace("6, 6", "66, 66") + GROWS)
    words = ["export", "deploy.prototxt", "w.caffemodel", "out.onnx"]
    ran = run(*words)
    assert ran.code == 1
    assert 'the first layer that differs is Softmax layer "prob"' in ran.err
    assert not (files / "out.onnx").exists()
    ran = run(*words, "--tolerance", "2")
    assert ran.code == 0
    assert 'a rounding grows in Softmax layer "prob"' in ran.out
    assert (files / "out.onnx").exists()


def test_values_near_0_are_told_to_be_so(files, run, monkeypatch):
    """1e-8 and 1.1e-8 are 9 % apart, and the same beside what sigmoids are made of."""
    writer_of(AbsVal(blobnet.proto.LayerParameter()))  # the register is filled
    monkeypatch.setattr(register, "_WRITERS", dict(register._WRITERS))
    writes(AbsVal)(
        lambda nodes: nodes.op("Abs", nodes.op("Mul", nodes.bottoms[0], nodes.array(1.1)))
    )
    small = """layer { name: "small" type: "Power" bottom: "conv" top: "small"
      power_param { scale: 1e-12 } }
    layer { name: "abs" type: "AbsVal" bottom: "small" top: "abs" }"""
    (files / "deploy.prototxt").write_text(DEPLOY + small)
    ran = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx")
    assert ran.code == 0
    assert "abs: where all values were near 0, 1e-07 apart at most" in ran.out.splitlines()


@pytest.mark.parametrize("words", [["nan"], ["1e-5"], ["0.1", "--no-check"]])
def test_a_tolerance_that_says_nothing_is_wrong_usage(files, run, words):
    ran = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx", "--tolerance", *words)
    assert ran.code == 2
    assert "olerance" in ran.err


def test_weights_that_are_missing_are_told(files, run):
    (files / "deploy.prototxt").write_text(DEPLOY.replace('name: "conv"', 'name: "other"'))
    ran = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx")
    assert "  not in the weights, so as their fillers left them: other" in ran.out.splitlines()


def test_what_cannot_be_written_is_an_error(files, run):
    drop = """layer { name: "drop" type: "Dropout" bottom: "conv" top: "drop"
      dropout_param { sample_weights_test: true } }"""
    (files / "deploy.prototxt").write_text(DEPLOY + drop)
    ran = run("export", "deploy.prototxt", "w.caffemodel", "out.onnx")
    assert ran.code == 1
    assert 'Dropout layer "drop": `sample_weights_test` draws at random' in ran.err
    assert not (files / "out.onnx").exists()


def test_names_that_cannot_be_are_wrong_usage(files, run):
    assert run("export", "deploy.prototxt", "w.caffemodel", "out.prototxt").code == 2
    assert run("export", "deploy.prototxt", "w.caffemodel", "nowhere/out.onnx").code == 2
    assert not (files / "out.prototxt").exists()

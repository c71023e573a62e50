from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from google.protobuf import text_format

import blobnet
from blobnet.proto import BlobProto, NetParameter, SolverParameter

REFERENCE = Path(__file__).parents[1] / "reference" / "upgrade"


@pytest.fixture
def old(tmp_path, monkeypatch):
    """The current folder, with recordings of Caffe's upgrades in it."""
    monkeypatch.chdir(tmp_path)
    for path in REFERENCE.iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path


def read(path, message):
    return text_format.Parse(Path(path).read_text(), message)


@pytest.mark.parametrize(
    ("name", "message", "words"),
    [
        ("v0_net", NetParameter, "8 layers of 2013"),
        ("v1_net", NetParameter, '7 layers of 2014, .*CONVOLUTION is "Convolution"'),
        ("v1_net", NetParameter, "are in transform_param"),
        ("v0_net", NetParameter, "are an Input layer: data, label"),
        ("old_solver", SolverParameter, 'solver_type: RMSPROP is written type: "RMSProp"'),
    ],
)
def test_the_content_says_what_is_to_be_done(old, run, name, message, words):
    shutil.move(f"{name}.prototxt", "file.x")
    ran = run("upgrade", "file.x")
    assert (ran.code, ran.err) == (0, "")
    assert all(len(line) < 80 for line in ran.out.splitlines())
    *changes, wrote, then = ran.out.replace("\n         ", " ").splitlines()
    assert any(re.search(words, line) for line in changes)
    assert all(line.startswith("changed: ") for line in changes)
    assert wrote == "wrote file_upgraded.x"
    assert then.startswith("next: ")
    expected = read(f"{name}.upgraded.prototxt", message())
    assert read("file_upgraded.x", message()) == expected


def test_what_is_next_can_be_pasted(old, run):
    assert run("upgrade", "old_solver.prototxt", "s.prototxt").out.endswith(
        "next: blobnet train --solver s.prototxt\n"
    )
    then = run("upgrade", "v0_net.prototxt", "n.prototxt").out.splitlines()[-1]
    assert then == "next: blobnet summary n.prototxt"
    assert run(*then.split()[2:], "--phase", "TEST").code == 0


def test_weights_keep_their_numbers(old, run):
    net = read("v1_net.prototxt", NetParameter())
    layer = next(layer for layer in net.layers if layer.name == "conv1")
    layer.blobs.append(BlobProto(num=1, channels=1, height=1, width=2, data=[1.5, -2]))
    Path("old.caffemodel").write_bytes(net.SerializeToString())
    ran = run("upgrade", "old.caffemodel")
    assert ran.code == 0
    assert "next: --weights old_upgraded.caffemodel" in ran.out
    new = NetParameter.FromString(Path("old_upgraded.caffemodel").read_bytes())
    assert not new.layers
    (conv,) = (layer for layer in new.layer if layer.name == "conv1")
    assert list(conv.blobs[0].data) == [1.5, -2]
    assert conv.type == "Convolution"


def test_rates_of_statistics_are_told(tmp_path, run):
    path = tmp_path / "net.prototxt"
    specs = "param { lr_mult: 1 } " * 3
    path.write_text(f'layer {{ name: "bn" type: "BatchNorm" bottom: "x" top: "y" {specs} }}')
    ran = run("upgrade", path, "--in-place")
    assert "BatchNorm's statistics are 0: bn" in ran.out
    assert [spec.lr_mult for spec in read(path, NetParameter()).layer[0].param] == [0, 0, 0]
    assert [file.name for file in tmp_path.iterdir()] == ["net.prototxt"]


@pytest.mark.parametrize("name", ["v1_net.upgraded.prototxt", "old_solver.upgraded.prototxt"])
def test_of_today_s_form_nothing_is_written(old, run, name):
    before = sorted(old.iterdir())
    ran = run("upgrade", name)
    assert (ran.code, ran.out) == (
        0,
        f"{name} is of today's form already; nothing is written\n",
    )
    assert sorted(old.iterdir()) == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"layers { nme: 1 }", 'no field named "nme"'),
        (b"base_lrr: 1", 'SolverParameter has no field named "base_lrr"'),
        (b'layer { name: "a" } layers { name: "b" }', "Refusing to upgrade inconsistent"),
        (b'solver_type: SGD type: "SGD"', "cannot be both specified"),
        (b"\x89PNG\r\n\x1a\n", "got:      a PNG image"),
        (b"\x89HDF\r\n\x1a\n", "it has no older form"),
        (b"\x07\xff\x00\x01", "not a weight file"),
    ],
)
def test_what_cannot_be_upgraded_is_not_written(tmp_path, run, content, words):
    (tmp_path / "bad").write_bytes(content)
    ran = run("upgrade", tmp_path / "bad")
    assert ran.code == 1
    assert words in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]


def test_paths_that_do_not_do_are_explained(old, run):
    assert "none: cannot be read" in run("upgrade", "none").err
    assert "there is no folder" in run("upgrade", "v0_net.prototxt", "none/out").err
    assert run("upgrade", "v0_net.prototxt", "out", "--in-place").code == 2


def test_an_upgraded_net_computes_the_same(tmp_path, run):
    text = """
        input: "x" input_dim: 2 input_dim: 3 input_dim: 4 input_dim: 4
        layers { name: "c" type: CONVOLUTION bottom: "x" top: "y" blobs_lr: 1 blobs_lr: 2
          convolution_param { num_output: 2 kernel_size: 3
            weight_filler { type: "gaussian" std: 1 } } }
    """
    (tmp_path / "old.prototxt").write_text(text)
    assert run("upgrade", tmp_path / "old.prototxt", tmp_path / "new.prototxt").code == 0
    old, new = (
        blobnet.Net(tmp_path / f"{name}.prototxt", "TEST", seed=1) for name in ("old", "new")
    )
    assert old.params_lr == new.params_lr == [1, 2]
    x = blobnet.Net(tmp_path / "old.prototxt", "TEST").blobs["x"].data + 0.5
    assert (old.forward(x=x)["y"] == new.forward(x=x)["y"]).all()

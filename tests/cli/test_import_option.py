"""--import: how a command comes to know layers of the user's own."""

from __future__ import annotations

import sys

import pytest

from tests.own_layers import registers_as_before

MODULE = """
import blobnet

@blobnet.register_layer("Gain", param={"by": 2.0})
class Gain(blobnet.Layer):
    exact_num_bottom_blobs = exact_num_top_blobs = 1
    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])
    def forward_cpu(self, bottom, top):
        top[0].data[...] = self.own_param.by * bottom[0].data
    def backward_cpu(self, top, propagate_down, bottom):
        bottom[0].diff[...] = self.own_param.by * top[0].diff
"""
NET = """
layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
  shape { dim: 2 dim: 1 dim: 4 dim: 4 } shape { dim: 2 dim: 3 } } }
layer { name: "conv" type: "Convolution" bottom: "x" top: "c"
  convolution_param { num_output: 3 kernel_size: 2 weight_filler { type: "xavier" } } }
layer { name: "ip" type: "InnerProduct" bottom: "c" top: "ip" inner_product_param {
  num_output: 3 weight_filler { type: "xavier" } } }
layer { name: "gain" type: "Gain" bottom: "ip" top: "t" gain_param { by: 3 } }
layer { name: "loss" type: "EuclideanLoss" bottom: "t" bottom: "y" top: "loss" }
"""
SOLVER = """net: "net.prototxt" base_lr: 0.01 lr_policy: "fixed" max_iter: 1 test_iter: 1
test_interval: 1 snapshot_prefix: "run" """
COMMANDS = [  # in this order: the first one makes the weights
    ["train", "--solver", "solver.prototxt"],
    ["test", "--model", "net.prototxt", "--weights", "run_iter_1.caffemodel", "--iterations", "1"],
    ["time", "--model", "net.prototxt", "--iterations", "1"],
    ["summary", "net.prototxt"],
    ["draw", "net.prototxt", "net.svg"],
    ["show", "net.prototxt", "run_iter_1.caffemodel", "out.png"],
    ["trace", "solver.prototxt"],
    ["gradients", "solver.prototxt", "out.png", "--iterations", "1"],
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    (tmp_path / "solver.prototxt").write_text(SOLVER)
    with registers_as_before():
        yield tmp_path
    for name in [name for name in sys.modules if name.startswith("layers_")]:
        del sys.modules[name]


def write_module(folder, name, text=MODULE, own=None):
    """Protobuf forgets no message: each test has a type of its own."""
    (folder / f"{name}.py").write_text(text)
    if own is not None:
        for file in (folder / f"{name}.py", folder / "net.prototxt"):
            words = file.read_text().replace("Gain", own).replace("gain", own.lower())
            file.write_text(words)


def test_every_command_that_makes_a_net_imports_a_module(folder, run):
    write_module(folder, "layers_everywhere", own="Everywhere")
    for words in COMMANDS:
        ran = run(*words, "--import", "layers_everywhere")
        assert ran.code == 0, ran.err


def test_without_it_the_type_is_unknown_and_the_error_names_the_option(folder, run):
    ran = run("summary", "net.prototxt")
    assert ran.code == 1
    assert 'no field named "gain_param"' in ran.err
    assert "--import" in ran.err
    text = (folder / "net.prototxt").read_text().replace("gain_param { by: 3 }", "")
    (folder / "net.prototxt").write_text(text)
    ran = run("summary", "net.prototxt")
    assert ran.code == 1
    assert 'unknown layer type "Gain"' in ran.err
    assert "--import" in ran.err


def test_several_modules_are_imported_in_order(folder, run):
    write_module(folder, "layers_first", 'print("first")')
    write_module(folder, "layers_then", "import layers_first; print('then')")
    ran = run("summary", "--import", "layers_first", "--import", "layers_then", "net.prototxt")
    assert ran.out == "first\nthen\n"


@pytest.mark.parametrize("name", ["my_layers.py", "a/b", "", "a..b", "-x"])
def test_what_is_no_module_s_name_is_wrong_usage(name, run):
    ran = run("summary", "net.prototxt", f"--import={name}")
    assert ran.code == 2
    assert "is no module's name; of my_layers.py it is my_layers" in ran.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "run where layers_bad.py is, or add its folder to PYTHONPATH"),
        ("def", "SyntaxError"),
        ("import nothing_of_the_kind", "No module named 'nothing_of_the_kind'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_a_module_that_cannot_be_imported_is_told(text, words, folder, run):
    if text is not None:
        write_module(folder, "layers_bad", text)
    ran = run("summary", "net.prototxt", "--import", "layers_bad")
    assert ran.code == 1
    assert "--import layers_bad: the module cannot be imported" in ran.err
    assert words in ran.err


def test_what_the_module_s_own_code_raises_arrives_with_its_traceback(folder, run):
    write_module(folder, "layers_raising", "1 / 0")
    with pytest.raises(ZeroDivisionError):
        run("summary", "net.prototxt", "--import", "layers_raising")

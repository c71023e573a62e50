"""Commands that look at a net run nobody's program; those that train and test do, as Caffe does."""

from __future__ import annotations

import sys

import pytest

import blobnet

MODULE = """
from pathlib import Path
Path("executed").touch()
from blobnet import PythonLayer
class Twice(PythonLayer):
    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].shape)
    def forward(self, bottom, top):
        top[0].data[...] = 2 * bottom[0].data
    def backward(self, top, propagate_down, bottom):
        bottom[0].diff[...] = 2 * top[0].diff
"""
LAYER = 'type: "Python" python_param { module: "stranger_1" layer: "Twice" }'
NET = f"""
layer {{ name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {{
  shape {{ dim: 2 dim: 1 dim: 4 dim: 4 }} shape {{ dim: 2 dim: 3 }} }} }}
layer {{ name: "conv" type: "Convolution" bottom: "x" top: "c"
  convolution_param {{ num_output: 3 kernel_size: 2 weight_filler {{ type: "xavier" }} }} }}
layer {{ name: "ip" type: "InnerProduct" bottom: "c" top: "ip" inner_product_param {{
  num_output: 3 weight_filler {{ type: "xavier" }} }} }}
layer {{ name: "twice" bottom: "ip" top: "t" {LAYER} }}
layer {{ name: "loss" type: "EuclideanLoss" bottom: "t" bottom: "y" top: "loss" }}
"""
SOLVER = """net: "net.prototxt" base_lr: 0.01 lr_policy: "fixed" max_iter: 1 test_iter: 1
test_interval: 1 snapshot_prefix: "run" """
LOOKING = [
    ["summary", "net.prototxt"],
    ["draw", "net.prototxt", "net.svg"],
    ["show", "net.prototxt", "w.caffemodel", "out.png"],
    ["time", "--model", "net.prototxt", "--iterations", "1"],
    ["trace", "solver.prototxt"],
    ["gradients", "solver.prototxt", "out.png", "--iterations", "1"],
]
RUNNING = [
    ["train", "--solver", "solver.prototxt"],
    ["test", "--model", "net.prototxt", "--weights", "w.caffemodel", "--iterations", "1"],
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "stranger_1", raising=False)
    (tmp_path / "stranger_1.py").write_text(MODULE)
    (tmp_path / "net.prototxt").write_text(NET)
    (tmp_path / "solver.prototxt").write_text(SOLVER)
    plain = NET.replace(LAYER, 'type: "Power"')
    blobnet.Net(blobnet.parse_net(plain), "TRAIN").save("w.caffemodel")
    yield tmp_path
    sys.modules.pop("stranger_1", None)


@pytest.mark.parametrize("words", LOOKING, ids=lambda words: words[0])
def test_looking_runs_nothing_and_says_so(words, folder, run):
    ran = run(*words)
    assert ran.code == 1
    assert not (folder / "executed").exists()
    assert 'Python layer "twice" is not run' in ran.err
    assert 'class "Twice" of module "stranger_1" (stranger_1.py)' in ran.err
    assert "--allow-python" in ran.err


@pytest.mark.parametrize("option", ["--allow-python", "-allow_python"])
@pytest.mark.parametrize("words", LOOKING, ids=lambda words: words[0])
def test_looking_runs_it_when_told_to(words, option, folder, run):
    ran = run(*words, option)
    assert ran.code == 0, ran.err
    assert (folder / "executed").exists()


@pytest.mark.parametrize("words", RUNNING, ids=lambda words: words[0])
def test_training_and_testing_run_it_as_caffe_does(words, folder, run):
    assert run(*words).code == 0
    assert (folder / "executed").exists()


def test_a_layer_that_is_left_out_in_this_phase_is_no_reason(folder, run):
    net = NET.replace(LAYER, f"{LAYER} include {{ phase: TEST }}").replace(
        'bottom: "t" bottom', 'bottom: "ip" bottom'
    )
    (folder / "net.prototxt").write_text(net)
    assert run("summary", "net.prototxt", "--phase", "TRAIN").code == 0
    assert run("summary", "net.prototxt", "--phase", "TEST").code == 1
    assert not (folder / "executed").exists()


def test_the_test_net_of_a_solver_counts_too(folder, run):
    net = NET.replace(LAYER, f"{LAYER} include {{ phase: TEST }}") + (
        'layer { name: "other" type: "Power" bottom: "ip" top: "t" include { phase: TRAIN } }'
    )
    (folder / "net.prototxt").write_text(net)
    assert run("trace", "solver.prototxt").code == 1
    assert not (folder / "executed").exists()


def test_a_definition_of_the_old_form_is_no_way_around(folder, run):
    (folder / "old.prototxt").write_text(
        'input: "x" input_dim: 1 input_dim: 1 input_dim: 2 input_dim: 2 '
        f'layer {{ name: "p" bottom: "x" top: "t" {LAYER} }}'
    )
    assert "is not run" in run("summary", "old.prototxt").err
    assert not (folder / "executed").exists()


def test_a_net_of_ones_own_runs_it_unless_it_is_told_not_to(folder):
    with pytest.raises(blobnet.LayerError, match=r'layer "twice" is not run[^"]*\n(.*\n)*.*fix'):
        blobnet.Net("net.prototxt", "TRAIN", allow_python=False)
    with pytest.raises(blobnet.LayerError, match="allow_python=True"):
        blobnet.get_solver("solver.prototxt", allow_python=False)
    assert not (folder / "executed").exists()
    blobnet.Net("net.prototxt", "TRAIN")
    assert (folder / "executed").exists()

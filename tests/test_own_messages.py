"""A layer type with a message of its own in nets, files, solvers and commands."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.proto import NetParameter
from blobnet.viz.layer_words import settings
from tests.cli.conftest import SOLVER
from tests.cli.conftest import run as run  # a fixture

NET = """
name: "own"
layer { name: "data" type: "DummyData" top: "x" top: "y"
  dummy_data_param { shape { dim: 6 dim: 4 } shape { dim: 6 dim: 4 }
    data_filler { type: "gaussian" std: 1 } data_filler { type: "uniform" } } }
layer { name: "own" type: "Mine" bottom: "x" top: "own"
  mine_param { alpha: 2 mode: MAX dims: 7 weight_filler { type: "constant" value: 0.5 } } }
layer { name: "loss" type: "EuclideanLoss" bottom: "own" bottom: "y" top: "loss" }
"""
STATED = ("alpha: 2", "mode: MAX", "dims: 7")


@pytest.fixture(autouse=True)
def folder(mine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a net of such a layer and its solver in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    (tmp_path / "solver.prototxt").write_text(SOLVER + "test_state { }")
    return tmp_path


@pytest.fixture
def net() -> blobnet.Net:
    return blobnet.Net("net.prototxt", phase="TRAIN", seed=1)


# --- nets and files -------------------------------------------------------------------------------


def test_the_net_computes_with_it(net):
    net.forward()
    np.testing.assert_array_equal(net.blobs["own"].data, 2 * 0.5 * net.blobs["x"].data)


def test_a_net_made_of_what_it_says_is_the_same(net):
    proto = net.to_proto()
    for same in (
        blobnet.Net(proto, phase="TRAIN", seed=1),
        blobnet.Net(blobnet.parse_net(str(proto)), phase="TRAIN", seed=1),
        copy.deepcopy(net),
        pickle.loads(pickle.dumps(net)),
    ):
        assert same.layers[1].own_param == net.layers[1].own_param
        assert same.to_proto() == proto


@pytest.mark.parametrize("large", [False, True])
def test_a_binary_file_holds_it_beside_the_weights(net, large):
    net.layers[1].blobs_[0].data[0] = 3
    net.save("own.caffemodel", write_diff=large)
    proto = NetParameter.FromString(Path("own.caffemodel").read_bytes())
    assert proto == net.to_proto(write_diff=large)
    other = blobnet.Net("net.prototxt", phase="TEST", weights="own.caffemodel")
    assert other.layers[1].blobs_[0].data[0] == 3
    again = blobnet.Net(proto, phase="TRAIN")
    assert again.layers[1].own_param.alpha == 2
    assert again.layers[1].blobs_[0].data[0] == 3


def test_a_resumed_training_goes_on_bit_for_bit():
    straight = blobnet.get_solver("solver.prototxt")
    straight.step(4)
    first = blobnet.get_solver("solver.prototxt")
    first.step(2)
    state = first.snapshot()
    second = blobnet.get_solver("solver.prototxt")
    second.restore(state)
    second.step(2)
    weights = [each.net.layers[1].blobs_[0].data[0] for each in (straight, second)]
    assert weights[0] == weights[1]
    assert weights[0] != np.float32(0.5)
    assert copy.deepcopy(second).net.layers[1].own_param.alpha == 2


# --- what people are shown ------------------------------------------------------------------------


def test_its_settings_are_shown_without_fillers(net):
    words = settings(net.layers[1])
    assert words.replace(".0", "") == " ".join(STATED)


@pytest.mark.parametrize(
    ("command", "file"),
    [
        ("trace solver.prototxt", None),
        ("trace solver.prototxt --html page.html", "page.html"),
        ("draw net.prototxt net.svg", "net.svg"),
    ],
)
def test_commands_that_tell_settings_tell_them(command, file, run):
    pytest.importorskip("matplotlib")
    ran = run(*command.split())
    assert ran.code == 0, ran.err
    told = (Path(file).read_text() if file else ran.out).replace(".0", "")
    assert all(stated in told for stated in STATED)


@pytest.mark.parametrize(
    "command",
    [
        "summary net.prototxt",
        "gradients solver.prototxt flow.png",
        "time --model net.prototxt --iterations 1",
        "train --solver solver.prototxt",
    ],
)
def test_commands_name_the_layer_among_the_others(command, run):
    pytest.importorskip("matplotlib")
    ran = run(*command.split())
    assert ran.code == 0, ran.err
    assert re.search(r"\bown\b", ran.out + ran.err)


def test_a_mistake_in_it_is_told_by_commands_with_file_and_line(run):
    Path("net.prototxt").write_text(NET.replace("alpha", "alhpa"))
    ran = run("summary", "net.prototxt")
    assert ran.code == 1
    assert 'net.prototxt:7: MineParameter has no field named "alhpa"' in ran.err
    assert "did you mean alpha?" in ran.err

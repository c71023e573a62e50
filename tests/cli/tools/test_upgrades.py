"""The three upgrade tools, beside recordings of Caffe's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from google.protobuf import text_format

import blobnet
from blobnet.proto import NetParameter, SolverParameter

REFERENCE = Path(__file__).parents[2] / "reference" / "upgrade"
NET, SOLVER = "upgrade_net_proto_text", "upgrade_solver_proto_text"
BINARY = "upgrade_net_proto_binary"


@pytest.fixture
def old(tmp_path, monkeypatch):
    """The current folder, with the recordings in it."""
    monkeypatch.chdir(tmp_path)
    for path in REFERENCE.iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path


def read(path: Path, message):
    return text_format.Parse(path.read_text(), message)


@pytest.mark.parametrize("name", ["v0_net", "v1_net"])
def test_a_net_becomes_what_caffes_tool_makes_of_it(name, old, run):
    ran = run(NET, f"{name}.prototxt", "out.prototxt")
    assert (ran.code, ran.out) == (0, "")
    expected = read(old / f"{name}.upgraded.prototxt", NetParameter())
    assert read(old / "out.prototxt", NetParameter()) == expected
    assert ran.log[0] == (
        "Attempting to upgrade input file specified using deprecated "
        f"{name[:2].upper()}LayerParameter: {name}.prototxt"
    )
    assert ran.log[-1] == "Wrote upgraded NetParameter text proto to out.prototxt"


@pytest.mark.parametrize("name", ["v0_net", "v1_net"])
def test_binary_files_are_upgraded_with_their_weights(name, old, run):
    def weights(kind: str) -> NetParameter:
        net = read(old / f"{name}{kind}.prototxt", NetParameter())
        for connection in net.layers:
            layer = connection.layer if connection.HasField("layer") else connection
            if layer.name == "conv1":
                layer.blobs.add(num=1, channels=1, height=1, width=2, data=[1, 2], diff=[3, 4])
        for layer in net.layer:
            if layer.name == "conv1":
                layer.blobs.add(num=1, channels=1, height=1, width=2, data=[1, 2], diff=[3, 4])
        return net

    (old / "in.caffemodel").write_bytes(weights("").SerializeToString())
    ran = run(BINARY, "in.caffemodel", "out.caffemodel")
    assert ran.code == 0
    assert ran.log[-1] == "Wrote upgraded NetParameter binary proto to out.caffemodel"
    upgraded = NetParameter.FromString((old / "out.caffemodel").read_bytes())
    assert upgraded == weights(".upgraded")


def test_a_solver_becomes_what_caffes_tool_makes_of_it(old, run):
    ran = run(SOLVER, "old_solver.prototxt", "out.prototxt")
    assert (ran.code, ran.out) == (0, "")
    expected = read(old / "old_solver.upgraded.prototxt", SolverParameter())
    assert read(old / "out.prototxt", SolverParameter()) == expected
    assert ran.log[0].endswith("deprecated 'solver_type' field (enum): old_solver.prototxt")
    assert ran.log[-1] == "Wrote upgraded SolverParameter text proto to out.prototxt"


@pytest.mark.parametrize(
    ("tool", "name"), [(NET, "v1_net.upgraded"), (SOLVER, "old_solver.upgraded")]
)
def test_what_is_of_today_is_written_as_it_is(tool, name, old, run):
    ran = run(tool, f"{name}.prototxt", "out.prototxt")
    assert ran.code == 0
    assert ran.log[0] == f"File already in latest proto format: {name}.prototxt"
    assert ran.err.startswith("E")
    message = NetParameter if tool == NET else SolverParameter
    assert read(old / "out.prototxt", message()) == read(old / f"{name}.prototxt", message())


def test_a_file_may_be_upgraded_in_its_place(old, run):
    assert run(NET, "v1_net.prototxt", "v1_net.prototxt").code == 0
    expected = read(old / "v1_net.upgraded.prototxt", NetParameter())
    assert read(old / "v1_net.prototxt", NetParameter()) == expected


def test_our_own_weights_stay_as_they_are(tiny, weights, run):
    ran = run(BINARY, "weights.caffemodel", "out.caffemodel")
    assert ran.log[0] == "File already in latest proto format: weights.caffemodel"
    net = blobnet.Net("net.prototxt", phase="TRAIN", seed=7)
    before = net.params["ip"][0].data.copy()
    net.copy_from("out.caffemodel")
    assert (net.params["ip"][0].data != before).any()
    assert (tiny / "out.caffemodel").stat().st_size == weights.stat().st_size


@pytest.mark.parametrize(
    ("tool", "text", "message"),
    [
        (
            NET,
            'layers { layer { name: "a" type: "conv" dropout_ratio: 0.5 } }',
            "bad: Unknown parameter dropout_ratio for layer type conv",
        ),
        (
            NET,
            'layer { name: "a" } layers { name: "b" }',
            "bad: Refusing to upgrade inconsistent NetParameter input",
        ),
        (NET, "layer { nme: 1 }", 'LayerParameter has no field named "nme"'),
        (SOLVER, 'solver_type: SGD type: "SGD"', "bad: Failed to upgrade solver"),
        (BINARY, 'name: "text"', "bad: not a weight file that can be read"),
    ],
)
def test_what_cannot_be_upgraded_fully_is_not_written(tool, text, message, tmp_path, run):
    (tmp_path / "bad").write_text(text)
    ran = run(tool, tmp_path / "bad", tmp_path / "out")
    assert ran.code == 1
    assert message in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]


@pytest.mark.parametrize("tool", [NET, BINARY, SOLVER])
def test_paths_that_do_not_do_are_explained(tool, old, run):
    assert "none: cannot be read" in run(tool, "none", "out").err
    assert "there is no folder" in run(tool, "old_solver.prototxt", "none/out").err
    ran = run(tool, "old_solver.prototxt")
    assert ran.code == 2
    assert "Missing argument 'OUT'" in ran.err

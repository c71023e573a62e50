"""Every prototxt of a training is read once, however many nets are made of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import blobnet
from blobnet import NetError
from blobnet.serialization import prototxt
from tests.solver.training import RANDOM_REGRESSION, SETTINGS

TESTED = "test_iter: 1 test_iter: 2 test_iter: 3 test_interval: 10 "


@pytest.fixture
def reads(monkeypatch):
    """How often each file has been read, by its name."""
    count = Counter()
    read_text = prototxt.read_text

    def counting(path, message):
        count[Path(path).name] += 1
        return read_text(path, message)

    monkeypatch.setattr(prototxt, "read_text", counting)
    return count


@pytest.fixture
def solver_file(tmp_path):
    """A function that writes a solver, beside nets of three names, and gives its path."""
    for name in ("net", "other", "unused"):
        (tmp_path / f"{name}.prototxt").write_text(RANDOM_REGRESSION.replace("small", name))

    def write(settings):
        (tmp_path / "solver.prototxt").write_text(SETTINGS + settings)
        return tmp_path / "solver.prototxt"

    return write


def test_one_file_for_all_nets(reads, solver_file):
    solver = blobnet.get_solver(solver_file(TESTED + 'net: "net.prototxt"'))
    assert [net.name for net in (solver.net, *solver.test_nets)] == ["net"] * 4
    assert reads == {"solver.prototxt": 1, "net.prototxt": 1}


def test_a_file_for_training_and_one_for_tests(reads, solver_file):
    nets = 'train_net: "net.prototxt"' + 3 * ' test_net: "other.prototxt"'
    solver = blobnet.get_solver(solver_file(TESTED + nets))
    assert [net.name for net in (solver.net, *solver.test_nets)] == ["net"] + ["other"] * 3
    assert reads == {"solver.prototxt": 1, "net.prototxt": 1, "other.prototxt": 1}


def test_a_solver_of_a_type_that_the_script_names(reads, solver_file):
    blobnet.SGDSolver(solver_file(TESTED + 'net: "net.prototxt"'))
    assert reads == {"solver.prototxt": 1, "net.prototxt": 1}


def test_the_next_solver_reads_what_has_been_written_since(reads, solver_file, tmp_path):
    path = solver_file('net: "net.prototxt"')
    blobnet.get_solver(path)
    (tmp_path / "net.prototxt").write_text(RANDOM_REGRESSION.replace("small", "newer"))
    assert blobnet.get_solver(path).net.name == "newer"
    assert reads == {"solver.prototxt": 2, "net.prototxt": 2}


def test_nets_of_one_file_share_no_definition(solver_file):
    """Weights in a definition reach every net that is made of it."""
    path = solver_file(TESTED + 'net: "net.prototxt"')
    definition = blobnet.parse_net(RANDOM_REGRESSION)
    weights = blobnet.Net(definition, seed=3).to_proto()
    for layer, stored in zip(definition.layer, weights.layer, strict=True):
        layer.blobs.extend(stored.blobs)
    prototxt.write_text(path.with_name("net.prototxt"), definition)
    solver = blobnet.get_solver(path)
    for net in (solver.net, *solver.test_nets):
        stored = [list(layer.blobs) for layer in net.to_proto().layer]
        assert stored == [list(layer.blobs) for layer in weights.layer]


@pytest.mark.parametrize("tested", ["", TESTED])
def test_what_is_wrong_with_a_net_names_its_file_alone(solver_file, tested, tmp_path):
    (tmp_path / "net.prototxt").write_text(
        RANDOM_REGRESSION.replace('bottom: "ip2" bottom', 'bottom: "none" bottom')
    )
    with pytest.raises(NetError, match=r"net\.prototxt: Unknown bottom blob 'none'") as caught:
        blobnet.get_solver(solver_file(f'{tested} net: "net.prototxt"'))
    assert str(caught.value).count(".prototxt") == 1

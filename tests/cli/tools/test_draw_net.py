from __future__ import annotations

import shutil

import pytest

from blobnet.pycaffe import draw
from blobnet.serialization.prototxt import read_net
from tests.pycaffe.drawn import NET


@pytest.fixture
def net(tiny, monkeypatch):
    """net.prototxt, and no Graphviz."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (tiny / "net.prototxt").write_text(NET)
    return read_net("net.prototxt")


def test_the_file_is_the_one_of_the_python_function(net, tiny, run):
    ran = run("draw_net", "net.prototxt", "net.raw")
    assert (ran.code, ran.out, ran.err) == (0, "Drawing net to net.raw\n", "")
    assert (tiny / "net.raw").read_bytes() == draw.draw_net(net, "LR", "raw")


def test_options_are_those_of_the_script(net, tiny, run):
    words = ("net.raw", "--rankdir", "TB", "--phase=TRAIN", "-display_lrm")
    assert run("draw_net.py", "net.prototxt", *words).code == 0
    expected = draw.draw_net(net, "TB", "raw", phase=0, display_lrm=True)
    assert (tiny / "net.raw").read_bytes() == expected
    assert run("draw_net", "net.prototxt", "test.raw", "--phase", "TEST").code == 0
    assert (tiny / "test.raw").read_bytes() == draw.draw_net(net, "LR", "raw", phase=1)


def test_no_data_is_needed(net, tiny, run):
    pytest.importorskip("matplotlib")
    assert run("draw_net", "net.prototxt", "net.svg").code == 0
    assert (tiny / "net.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["net.prototxt", "net.pdf"], 1, "install Graphviz, or draw it as svg or png"),
        (["none.prototxt", "net.svg"], 1, "none.prototxt: cannot be read"),
        (["net.prototxt", "none/net.svg"], 2, "there is no folder none"),
        (["net.prototxt", "net.svg", "--phase", "BOTH"], 2, "'BOTH' is not one of"),
        (["net.prototxt", "net.svg", "--rankdir", "UP"], 2, "'UP' is not one of"),
        (["net.prototxt"], 2, "Missing argument 'OUT'"),
    ],
)
def test_what_does_not_do_is_explained(net, tiny, run, words, code, message):
    ran = run("draw_net", *words)
    assert ran.code == code
    assert message in ran.err
    assert sorted(path.name for path in tiny.iterdir()) == ["net.prototxt", "solver.prototxt"]

"""blobnet.notebook: what the commands draw, as objects that a notebook displays."""

from __future__ import annotations

import html
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import blobnet
from blobnet import notebook

MODELS = Path(__file__).parents[1] / "models"


@pytest.fixture
def solver():
    param = blobnet.parse_solver((MODELS / "by_hand" / "solver.prototxt").read_text("utf-8"))
    param.net = str(MODELS / "by_hand" / "net.prototxt")
    return blobnet.get_solver(param, dtype="float64")


@pytest.fixture
def net():
    return blobnet.Net(str(MODELS / "lenet5" / "deploy.prototxt"), phase="TEST")


def test_a_summary_is_what_the_command_prints(net, tmp_path):
    shown = notebook.summary(net)
    lines = repr(shown).splitlines()
    conv2 = next(line for line in lines if "conv2" in line)
    assert re.match(r" conv2 +Convolution +64\S50\S8\S8 +25,050 ", conv2)
    assert "parameters     431,080" in lines
    assert html.unescape(shown._repr_html_()) == f"<pre>{shown}</pre>"
    assert shown.save(tmp_path / "net.txt").read_text(encoding="utf-8") == f"{shown}\n"


def test_names_cannot_write_html():
    text = """layer { name: "<b>" type: "Input" top: "<b>" input_param { shape { dim: 1 } } }"""
    shown = notebook.summary(blobnet.Net(blobnet.parse_net(text), phase="TEST"))
    assert "<b>" in repr(shown)
    assert "<b>" not in shown._repr_html_()


def test_a_net_is_drawn_as_svg(net, tmp_path):
    pytest.importorskip("matplotlib")
    shown = notebook.draw(net)
    root = ElementTree.fromstring(shown._repr_svg_())
    assert root.tag.endswith("svg")
    assert "conv1" in shown._repr_svg_()
    assert shown._repr_png_() is None
    assert repr(shown) == repr(net)
    assert shown.save(tmp_path / "net.svg").read_bytes() == shown.image
    with pytest.raises(ValueError, match=r"this picture is a \.svg"):
        shown.save(tmp_path / "net.png")


def test_a_training_is_plotted_so_far(solver, tmp_path):
    pytest.importorskip("matplotlib")
    history = notebook.TrainingHistory()
    solver.add_callback(history)
    shown = []
    for steps in (5, 20):
        solver.step(steps)
        shown.append(notebook.plot(history, "by hand"))
        assert shown[-1]._repr_png_().startswith(b"\x89PNG")
        assert shown[-1]._repr_svg_() is None
    assert shown[0].image != shown[1].image
    assert repr(shown[1]) == f"25 iterations from 0 on, the last loss {solver.loss:.6g}"
    assert shown[1].save(tmp_path / "curves.png").read_bytes() == shown[1].image
    assert [path.name for path in tmp_path.iterdir()] == ["curves.png"]


def test_a_trace_makes_the_steps_that_it_tells(solver, tmp_path):
    pytest.importorskip("matplotlib")
    shown = notebook.trace(solver, 2)
    assert solver.iter == 2
    assert [f"=== iteration {i} of by_hand" in repr(shown) for i in (0, 1, 2)] == [
        True,
        True,
        False,
    ]
    (page,) = re.findall(r'<iframe srcdoc="([^"]*)"', shown._repr_html_())
    assert html.unescape(page) == shown.html
    assert "<!DOCTYPE html>" in shown.html
    assert "<" not in page
    assert shown.save(tmp_path / "page.html").read_text(encoding="utf-8") == shown.html


def test_a_trace_changes_weights_as_steps_do(solver):
    other = blobnet.get_solver(solver.param, dtype="float64")
    notebook.trace(solver, 2)
    other.step(2)
    for mine, theirs in zip(solver.net.learnable_params, other.net.learnable_params, strict=True):
        np.testing.assert_array_equal(mine.data, theirs.data)

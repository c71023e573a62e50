"""Pictures of nets: by Graphviz where it is, and without."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from types import SimpleNamespace

import pytest

from blobnet.errors import BlobnetError, MissingExtraError, NetError, SnapshotError
from blobnet.proto import TRAIN
from blobnet.pycaffe import draw
from blobnet.pycaffe.draw_graph import make_graph
from tests.pycaffe.drawn import NET, net


@pytest.fixture
def no_dot(monkeypatch):
    """Graphviz is not installed."""
    monkeypatch.setattr(draw.shutil, "which", lambda name: None)
    pytest.importorskip("matplotlib")


@pytest.fixture
def dot(tmp_path, monkeypatch):
    """A program in Graphviz's place, which writes what it was given; it does not know "bad"."""
    if os.name == "nt":
        pytest.skip("a script is no program there")
    program = tmp_path / "dot"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        'if sys.argv[1:] == ["-Tbad"]: sys.exit("Format: bad not recognized")\n'
        'print(sys.argv[1:], sys.stdin.read(), end="")\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(draw.shutil, "which", {"dot": str(program)}.get)
    return program


# --- without Graphviz -----------------------------------------------------------------------------


@pytest.mark.parametrize("rankdir", draw.RANKDIRS)
def test_without_graphviz_an_svg_has_all_words(no_dot, rankdir):
    text = draw.draw_net(net(), rankdir, "svg", display_lrm=True).decode()
    words = set(re.findall(r">([^<>]+)</(?:text|tspan)>", text))
    assert {"conv", "(Convolution)", "lr mult: 1.0, 2.0", "(Pooling AVE)", "acc", "20"} <= words
    assert "Batch 64, Batch 100" in words


def test_without_graphviz_a_png_is_as_long_as_the_net(no_dot):
    across, down = (draw.draw_net(net(), rankdir, "PNG") for rankdir in ("LR", "TB"))

    def size(png: bytes) -> tuple[int, int]:
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")

    assert size(across)[0] > 2 * size(across)[1]
    assert size(down)[1] > 2 * size(down)[0]


def test_the_same_net_is_the_same_file(no_dot):
    assert draw.draw_net(net(), "LR", "svg") == draw.draw_net(net(), "LR", "svg")


def test_names_are_written_out_and_shortened(no_dot):
    text = NET.replace('name: "relu"', f'name: "{"$x<&" * 100}"')
    drawn = draw.draw_net(net(text), "LR", "svg").decode()
    assert "$x&lt;&amp;$x&lt;&amp;" in drawn
    assert "…" in drawn
    assert "&amp;".join(["$x&lt;"] * 40) not in drawn


def test_other_formats_need_graphviz(no_dot, tmp_path):
    with pytest.raises(MissingExtraError, match=r"(?s)'pdf' needs Graphviz.*svg or png"):
        draw.draw_net_to_file(net(), tmp_path / "net.pdf")
    assert not (tmp_path / "net.pdf").exists()


def test_a_net_that_is_too_large_for_a_png_is_an_error(no_dot, monkeypatch):
    monkeypatch.setattr("blobnet.viz.nets.picture._MOST_PIXELS", 50)
    with pytest.raises(NetError, match=r"too large for a \.png"):
        draw.draw_net(net(), "LR")


# --- with Graphviz --------------------------------------------------------------------------------


def test_graphviz_is_given_the_graph(dot):
    drawn = draw.draw_net(net(), "TB", "pdf", phase=TRAIN, display_lrm=True).decode()
    assert drawn == f"['-Tpdf'] {make_graph(net(), 'TB', True, TRAIN, True).dot()}"


def test_what_graphviz_refuses_is_explained(dot):
    with pytest.raises(NetError, match=r"(?s)cannot draw this net as 'bad'.*bad not recognized"):
        draw.draw_net(net(), "LR", "bad")
    dot.unlink()
    with pytest.raises(NetError, match="cannot be run"):
        draw.draw_net(net(), "LR")


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_the_real_graphviz_understands_every_name():
    text = NET.replace('"conv"', r'"c\"on|v:<{\\"')
    assert b"</svg>" in draw.draw_net(net(text), "LR", "svg")


# --- files ----------------------------------------------------------------------------------------


def test_the_format_is_what_the_name_ends_in(dot, tmp_path):
    draw.draw_net_to_file(net(), str(tmp_path / "my.net.jpg"))
    text = (tmp_path / "my.net.jpg").read_text()
    assert text == f"['-Tjpg'] {make_graph(net(), 'LR').dot()}"


def test_raw_is_the_graph_itself(no_dot, tmp_path):
    draw.draw_net_to_file(net(), tmp_path / "net.raw", "BT")
    assert (tmp_path / "net.raw").read_text() == make_graph(net(), "BT").dot()


@pytest.mark.parametrize(
    ("name", "rankdir", "words"),
    [
        ("net", "LR", "ends in its format"),
        ("net.png", "UP", "'UP' is no direction"),
        ("net.p-g", "LR", "'p-g' is no format"),
    ],
)
def test_what_cannot_be_drawn_is_explained(name, rankdir, words, tmp_path):
    with pytest.raises(NetError, match=words):
        draw.draw_net_to_file(net(), tmp_path / name, rankdir)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_explained(tmp_path):
    with pytest.raises(SnapshotError, match="make the folder first"):
        draw.draw_net_to_file(net(), tmp_path / "none" / "net.raw")


# --- pydot ----------------------------------------------------------------------------------------


class Graph(list):
    """pydot's, as far as it is used."""

    def __init__(self, name, **settings):
        self.name, self.settings = name, settings

    add_node = add_edge = list.append


def test_pydot_gets_the_same_graph(monkeypatch):
    thing = lambda *words, **style: SimpleNamespace(words=words, style=style)  # noqa: E731
    monkeypatch.setitem(
        sys.modules, "pydot", SimpleNamespace(Dot=Graph, Node=thing, Edge=thing)
    )  # fmt: skip
    made, graph = draw.get_pydot_graph(net(), "LR", phase=TRAIN), make_graph(net(), "LR", phase=0)
    assert (made.name, made.settings) == ("small", {"graph_type": "digraph", "rankdir": "LR"})
    nodes, edges = made[: len(graph.nodes)], made[len(graph.nodes) :]
    assert [node.words for node in nodes] == [(node.label,) for node in graph.nodes.values()]
    assert nodes[0].style == {"shape": "record", "fillcolor": "#6495ED", "style": "filled"}
    assert [edge.style["label"] for edge in edges] == [edge.label for edge in graph.edges]
    assert edges[0].words == (nodes[0], nodes[1])


def test_without_pydot_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydot", None)
    with pytest.raises(MissingExtraError, match=r"blobnet\[graphviz\]") as caught:
        draw.get_pydot_graph(net(), "LR")
    assert isinstance(caught.value, BlobnetError)

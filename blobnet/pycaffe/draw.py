"""Nets as pictures of boxes and arrows. Caffe: python/caffe/draw.py.

    from blobnet.pycaffe import draw
    draw.draw_net_to_file(net_param, "net.png", rankdir="TB")

Graphviz draws them where its program `dot` is installed, in any of its formats. Without it they are
drawn here, as .svg or .png and less finely: layers and blobs, their order and direction are the
same. `blobnet.viz.nets.draw_net` draws another picture, with the sizes of all blobs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from blobnet.errors import MissingExtraError, NetError, explain
from blobnet.extras import import_extra
from blobnet.input_files import shown
from blobnet.proto import NetParameter
from blobnet.pycaffe.draw_graph import Graph, make_graph
from blobnet.pycaffe.draw_labels import choose_color_by_layertype as choose_color_by_layertype
from blobnet.pycaffe.draw_labels import get_edge_label as get_edge_label
from blobnet.pycaffe.draw_labels import get_layer_label as get_layer_label
from blobnet.pycaffe.draw_labels import get_layer_lr_mult as get_layer_lr_mult
from blobnet.pycaffe.draw_labels import get_pooling_types_dict as get_pooling_types_dict
from blobnet.pycaffe.draw_picture import FORMATS, picture
from blobnet.serialization.files import atomic_write

RANKDIRS = ("LR", "TB", "BT", "RL")
"""Where a net may lead: to the right, down, up, to the left."""

_SOURCE = "raw"  # the graph itself, as a text
_FORM = re.compile(r"[a-z0-9_]+(:[a-z0-9_]+){0,2}")


def get_pydot_graph(
    caffe_net: NetParameter,
    rankdir: str,
    label_edges: bool = True,
    phase: int | None = None,
    display_lrm: bool = False,
) -> Any:
    """The graph as one of pydot's, for who wants to change it before it is drawn.

    phase  only the layers of this phase; None for all
    display_lrm  whether layers that learn tell their learning rates' multipliers

    Raises MissingExtraError without pydot, the extra `graphviz`.
    """
    graph = make_graph(caffe_net, rankdir, label_edges, phase, display_lrm)
    pydot = import_extra("pydot", "graphviz", "making a graph of pydot's")
    made = pydot.Dot(graph.name, graph_type="digraph", rankdir=graph.rankdir)
    nodes = {key: pydot.Node(node.label, **node.style) for key, node in graph.nodes.items()}
    for node in nodes.values():
        made.add_node(node)
    for edge in graph.edges:
        made.add_edge(pydot.Edge(nodes[edge.start], nodes[edge.end], label=edge.label))
    return made


def draw_net(
    caffe_net: NetParameter,
    rankdir: str,
    ext: str = "png",
    phase: int | None = None,
    display_lrm: bool = False,
) -> bytes:
    """The picture as the contents of a file; `ext` is its format.

    Any format of Graphviz's; without Graphviz "svg" or "png". "raw" is the graph in Graphviz's
    language. See `get_pydot_graph` for the other arguments.

    Raises NetError for a direction or format that there is not, and a net that cannot be drawn.
    """
    _check_form(rankdir, ext)
    graph = make_graph(caffe_net, rankdir, phase=phase, display_lrm=display_lrm)
    if ext.lower() == _SOURCE:
        return graph.dot().encode()
    program = shutil.which("dot")
    if program is not None:
        return _drawn_by(program, graph, ext.lower())
    return picture(graph, ext.lower())


def draw_net_to_file(
    caffe_net: NetParameter,
    filename: str | PathLike[str],
    rankdir: str = "LR",
    phase: int | None = None,
    display_lrm: bool = False,
) -> None:
    """Draw the net into a file, in the format that its name ends in: see `draw_net`.

    Raises SnapshotError where it cannot be written.
    """
    ext = Path(filename).suffix[1:]
    if not ext:
        what = f"{shown(fspath(filename))}: a picture's name ends in its format"
        raise NetError(explain(what, expected="a name like net.png or net.svg"))
    content = draw_net(caffe_net, rankdir, ext, phase, display_lrm)
    with atomic_write(filename) as temporary:
        temporary.write_bytes(content)


def _check_form(rankdir: str, ext: str) -> None:
    if rankdir not in RANKDIRS:
        what = f"'{rankdir}' is no direction of a picture"
        raise NetError(explain(what, expected=f"one of {', '.join(RANKDIRS)}"))
    if not _FORM.fullmatch(ext.lower()):
        raise NetError(explain(f"'{ext}' is no format of a picture", expected="png, svg, pdf, ..."))
    if ext.lower() not in (*FORMATS, _SOURCE) and shutil.which("dot") is None:
        what = f"drawing a net as '{ext}' needs Graphviz, whose program `dot` is not installed"
        fix = f"install Graphviz, or draw it as {' or '.join(FORMATS)}"
        raise MissingExtraError(explain(what, fix=fix))


def _drawn_by(program: str, graph: Graph, form: str) -> bytes:
    try:
        done = subprocess.run(
            [program, f"-T{form}"], input=graph.dot().encode(), capture_output=True, check=False
        )
    except OSError as error:
        raise NetError(explain(f"{program} cannot be run", got=error.strerror)) from error
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise NetError(explain(f"Graphviz cannot draw this net as '{form}'", got=reason))
    return done.stdout

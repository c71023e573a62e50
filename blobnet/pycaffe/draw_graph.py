"""A net as a graph: a box for each layer and each blob, an arrow wherever one leads to another."""

from __future__ import annotations

from dataclasses import dataclass, field

from blobnet.errors import NetError, explain, printable
from blobnet.netdef import upgrade_net
from blobnet.proto import LayerParameter, NetParameter
from blobnet.pycaffe.draw_labels import (
    choose_color_by_layertype,
    get_edge_label,
    get_layer_label,
    layer_lines,
)

NO_LABEL = '""'
_IN_PLACE_COLOR, _BLOB_COLOR = "#90EE90", "#E0E0E0"


@dataclass(frozen=True)
class Node:
    """A box: its words in Graphviz's form and as lines, its form and colour there.

    An output that nobody reads has neither.
    """

    label: str
    lines: tuple[str, ...]
    style: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Edge:
    """An arrow between two nodes, by their keys."""

    start: str
    end: str
    label: str


@dataclass
class Graph:
    """Nodes by their keys, in the order of the net, and the edges between them."""

    name: str
    rankdir: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def dot(self) -> str:
        """The graph in Graphviz's language."""
        lines = [f"digraph {_quoted(self.name)} {{", f"rankdir={_quoted(self.rankdir)};"]
        number = {key: f"n{index}" for index, key in enumerate(self.nodes)}
        for key, node in self.nodes.items():
            words = [f"label={node.label}", *(f'{k}="{v}"' for k, v in node.style.items())]
            lines.append(f"{number[key]} [{', '.join(words)}];")
        for edge in self.edges:
            label = edge.label if edge.label == NO_LABEL else _quoted(edge.label)
            lines.append(f"{number[edge.start]} -> {number[edge.end]} [label={label}];")
        return "\n".join([*lines, "}", ""])


def make_graph(
    net: NetParameter,
    rankdir: str,
    label_edges: bool = True,
    phase: int | None = None,
    display_lrm: bool = False,
) -> Graph:
    """The graph of all layers, or of those of a phase; nets of older formats are upgraded before.

    Raises ValueError for a layer that has both include and exclude rules, where a phase is given.
    """
    net = upgrade_net(net) if net.layers else net
    graph = Graph(printable(net.name) or "Net", rankdir)
    for layer in net.layer:
        if phase is None or _is_in(layer, phase):
            _add(graph, layer, get_edge_label(layer) if label_edges else NO_LABEL, display_lrm)
    return graph


def _add(graph: Graph, layer: LayerParameter, edge_label: str, display_lrm: bool) -> None:
    key = f"{layer.name}_{layer.type}"
    in_place = len(layer.bottom) == 1 and list(layer.bottom) == list(layer.top)
    color = _IN_PLACE_COLOR if in_place else choose_color_by_layertype(layer.type)
    graph.nodes[key] = Node(
        get_layer_label(layer, graph.rankdir, display_lrm),
        tuple(layer_lines(layer, display_lrm)),
        {"shape": "record", "fillcolor": color, "style": "filled"},
    )
    read = {"shape": "octagon", "fillcolor": _BLOB_COLOR, "style": "filled"}
    for blobs, style in ((layer.bottom, read), (layer.top, {})):
        for blob in blobs:
            graph.nodes[f"{blob}_blob"] = Node(_quoted(blob), (printable(blob),), style)
    graph.edges += [Edge(f"{blob}_blob", key, NO_LABEL) for blob in layer.bottom]
    graph.edges += [Edge(key, f"{blob}_blob", edge_label) for blob in layer.top]


def _quoted(name: str) -> str:
    text = printable(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


class _BothRulesError(NetError, ValueError):
    pass


def _is_in(layer: LayerParameter, phase: int) -> bool:
    """Whether the layer's rules, as far as they speak of phases, have it in that phase."""
    if layer.include and layer.exclude:
        what = f"layer {layer.name} has both include and exclude specified."
        raise _BothRulesError(explain(what, expected="one of the two, as in any net that runs"))
    if layer.include:
        return any(not rule.HasField("phase") or rule.phase == phase for rule in layer.include)
    return not any(rule.HasField("phase") and rule.phase == phase for rule in layer.exclude)

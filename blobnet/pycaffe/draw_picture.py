"""A graph as a picture without Graphviz. Needs the extra `plot`."""

from __future__ import annotations

import io
from typing import Any

from blobnet.errors import shortened
from blobnet.extras import import_extra
from blobnet.pycaffe.draw_graph import NO_LABEL, Graph, Node
from blobnet.pycaffe.draw_layout import Box, Layout, lay_out
from blobnet.viz.curves import plain_texts
from blobnet.viz.nets.picture import PURPOSE, dots_per_inch

FORMATS = ("svg", "png")
_DPI = 72  # of an SVG, whose unit is the point
_TEXT_SIZE, _LABEL_SIZE = 9, 7
_SPACING = 1.1  # of lines: 0.16 inches
_SIDES = {True: "left", False: "right"}  # of a text, by whether it goes on to the right
_BESIDE = {True: "top", False: "bottom"}
_UNREAD_COLOR = "white"
_ARROW = "#5f5f5f"
_MOST_LETTERS = 60  # of a line in a box


def picture(graph: Graph, form: str) -> bytes:
    """The graph as an SVG or PNG file, in the direction that its `rankdir` says.

    Raises NetError for a graph that is too large for a PNG, MissingExtraError without matplotlib.
    """
    import_extra("matplotlib", "plot", PURPOSE)
    style = {"svg.fonttype": "none", "svg.hashsalt": "blobnet", "font.family": "DejaVu Sans"}
    with plain_texts(**style):
        drawn = _Picture(_in_short(graph))
        metadata = {"Date": None} if form == "svg" else {}
        dpi = dots_per_inch(drawn.at.width, drawn.at.height) if form == "png" else _DPI
        file = io.BytesIO()
        drawn.figure.savefig(file, format=form, dpi=dpi, metadata=metadata)
    return file.getvalue()


def _in_short(graph: Graph) -> Graph:
    """The graph with names that are no longer than a box may be wide."""
    nodes = {
        key: Node(
            node.label, tuple(shortened(line, _MOST_LETTERS) for line in node.lines), node.style
        )
        for key, node in graph.nodes.items()
    }
    return Graph(graph.name, graph.rankdir, nodes, graph.edges)


class _Picture:
    """Draws a layout into a figure; coordinates are inches from the upper left corner."""

    def __init__(self, graph: Graph) -> None:
        self._graph, self.at = graph, lay_out(graph)
        at: Layout = self.at
        figure_module = import_extra("matplotlib.figure", "plot", PURPOSE)
        self._patches = import_extra("matplotlib.patches", "plot", PURPOSE)
        self._path = import_extra("matplotlib.path", "plot", PURPOSE).Path
        self.figure: Any = figure_module.Figure(figsize=(at.width, at.height), facecolor="white")
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, at.width), ylim=(at.height, 0))
        self._axes.axis("off")
        pairs = dict.fromkeys((edge.start, edge.end) for edge in graph.edges)
        for start, end in pairs:
            returns = (end, start) in pairs
            if not returns or graph.nodes[end].style.get("shape") == "record":
                self._edge(start, end, "<|-|>" if returns else "-|>")
        for key, node in graph.nodes.items():
            self._node(node, at.boxes[key])
        self._labels()

    def _node(self, node: Node, box: Box) -> None:
        is_layer = node.style.get("shape") == "record"
        corner = (box.x - box.width / 2, box.y - box.height / 2)
        patch = self._patches.FancyBboxPatch(
            corner,
            box.width,
            box.height,
            boxstyle="square,pad=0" if is_layer else "round,pad=0,rounding_size=0.1",
            facecolor=node.style.get("fillcolor", _UNREAD_COLOR),
            edgecolor="black",
            lw=0.8,
            zorder=2,
        )
        self._axes.add_artist(patch)
        self._text(box.x, box.y, "\n".join(node.lines), _TEXT_SIZE)

    def _edge(self, start: str, end: str, arrow: str) -> None:
        first, last, bends = self._ends(self.at.boxes[start], self.at.boxes[end])
        codes = [self._path.MOVETO, *[self._path.CURVE4] * 3]
        patch = self._patches.FancyArrowPatch(
            path=self._path([first, *bends, last], codes),
            arrowstyle=arrow,
            mutation_scale=7,
            color=_ARROW,
            lw=0.8,
            zorder=1,
        )
        self._axes.add_artist(patch)

    def _labels(self) -> None:
        """What a layer's ways out are called, once, where they leave it: all have the same."""
        labels: dict[str, dict[str, str]] = {}
        for edge in self._graph.edges:
            if edge.label != NO_LABEL:
                labels.setdefault(edge.start, {}).setdefault(edge.label, edge.end)
        for start, ends in labels.items():
            first, _, _ = self._ends(self.at.boxes[start], self.at.boxes[next(iter(ends.values()))])
            words = ", ".join(ends)
            if self._graph.rankdir in ("TB", "BT"):
                down = first[1] > self.at.boxes[start].y
                self._text(first[0] + 0.05, first[1], words, _LABEL_SIZE, "left", _BESIDE[down])
            else:
                right = first[0] > self.at.boxes[start].x
                self._text(first[0], first[1], words, _LABEL_SIZE, _SIDES[right], "bottom")

    def _ends(self, here: Box, there: Box) -> tuple[Any, Any, list[tuple[float, float]]]:
        """Where an arrow leaves and arrives, and what it bends to: along the ranks, both times."""
        if self._graph.rankdir in ("TB", "BT"):
            down = 1 if there.y > here.y else -1
            start = (here.x, here.y + down * here.height / 2)
            end = (there.x, there.y - down * there.height / 2)
            middle = (start[1] + end[1]) / 2
            return start, end, [(start[0], middle), (end[0], middle)]
        right = 1 if there.x > here.x else -1
        start = (here.x + right * here.width / 2, here.y)
        end = (there.x - right * there.width / 2, there.y)
        middle = (start[0] + end[0]) / 2
        return start, end, [(middle, start[1]), (middle, end[1])]

    def _text(
        self, x: float, y: float, words: str, size: float, ha: str = "center", va: str = "center"
    ) -> None:
        style = {"ha": ha, "va": va, "linespacing": _SPACING, "zorder": 3}
        self._axes.text(x, y, words, fontsize=size, **style)

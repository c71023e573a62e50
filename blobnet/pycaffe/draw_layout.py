"""Where the boxes of a graph stand: in ranks, each behind those that lead to it.

Within a rank boxes stand as near to their neighbours as there is room, without crossing over
where that is easily avoided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from blobnet.pycaffe.draw_graph import Graph, Node

_LETTER, _LINE, _PAD = 0.085, 0.16, 0.1  # inches
_BETWEEN_RANKS, _BETWEEN_BOXES = 0.45, 0.16
_SWEEPS = 4


@dataclass(frozen=True)
class Box:
    """The middle of a box, its width and its height, in inches from the upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """All boxes by the keys of their nodes, and the size of the picture."""

    boxes: dict[str, Box]
    width: float
    height: float


def lay_out(graph: Graph) -> Layout:
    """Find each node's box; the same graph always gives the same picture."""
    sizes = {key: _size(node) for key, node in graph.nodes.items()}
    vertical = graph.rankdir in ("TB", "BT")
    deep = {key: size[vertical] for key, size in sizes.items()}
    broad = {key: size[not vertical] for key, size in sizes.items()}
    ranks = _in_ranks(graph)
    along, total = _along(ranks, deep)
    across, breadth = _across(graph, ranks, broad)
    if graph.rankdir in ("RL", "BT"):
        along = {key: total - place for key, place in along.items()}
    places = {key: (across[key], along[key]) for key in sizes}
    if not vertical:
        places = {key: place[::-1] for key, place in places.items()}
    boxes = {key: Box(*places[key], *sizes[key]) for key in sizes}
    return Layout(boxes, *((breadth, total) if vertical else (total, breadth)))


def _size(node: Node) -> tuple[float, float]:
    longest = max(len(line) for line in node.lines)
    return longest * _LETTER + 2 * _PAD, len(node.lines) * _LINE + 2 * _PAD


def _in_ranks(graph: Graph) -> list[list[str]]:
    """Layers behind the blobs that they read, blobs behind the layer that first makes them.

    The edges are in the order of the net: what leads to a layer's first edge out has come before.
    """
    rank: dict[str, int] = {}
    for edge in graph.edges:
        start = rank.setdefault(edge.start, 0)
        if edge.end not in rank or not _is_return(graph, edge.end):
            rank[edge.end] = max(rank.get(edge.end, 0), start + 1)
    ranks: list[list[str]] = [[] for _ in range(max(rank.values(), default=0) + 1)]
    for key in graph.nodes:
        ranks[rank.get(key, 0)].append(key)
    return [keys for keys in ranks if keys]


def _is_return(graph: Graph, key: str) -> bool:
    """Whether an edge to this node, which has its rank, may lead back: to a blob, not a layer."""
    return graph.nodes[key].style.get("shape") != "record"


def _along(
    ranks: Iterable[Iterable[str]], deep: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    places: dict[str, float] = {}
    end = _BETWEEN_RANKS / 2
    for keys in ranks:
        depth = max(deep[key] for key in keys)
        places.update(dict.fromkeys(keys, end + depth / 2))
        end += depth + _BETWEEN_RANKS
    return places, end - _BETWEEN_RANKS / 2


def _across(
    graph: Graph, ranks: list[list[str]], broad: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """Sweep back and forth, and let every rank stand by what it is joined to in the last ones."""
    before, after = defaultdict(list), defaultdict(list)
    for edge in graph.edges:
        before[edge.end].append(edge.start)
        after[edge.start].append(edge.end)
    places: dict[str, float] = {}
    for keys in ranks:
        _place(keys, before, places, broad)
    for sweep in range(_SWEEPS):
        joined = before if sweep % 2 else after
        for keys in ranks if sweep % 2 else reversed(ranks):
            _place(keys, joined, places, broad)
    first = min((places[key] - broad[key] / 2 for key in places), default=0.0)
    last = max((places[key] + broad[key] / 2 for key in places), default=0.0)
    moved = {key: place - first + _BETWEEN_BOXES for key, place in places.items()}
    return moved, last - first + 2 * _BETWEEN_BOXES


def _place(
    keys: list[str],
    joined: Mapping[str, list[str]],
    places: dict[str, float],
    broad: Mapping[str, float],
) -> None:
    """Give the boxes of one rank their places, near to those that they are joined to."""
    wanted = {}
    for key in keys:
        near = [places[other] for other in joined.get(key, ()) if other in places]
        wanted[key] = fmean(near) if near else places.get(key, 0.0)
    keys.sort(key=wanted.__getitem__)
    end = float("-inf")
    for key in keys:
        places[key] = max(wanted[key], end + broad[key] / 2)
        end = places[key] + broad[key] / 2 + _BETWEEN_BOXES
    shift = fmean(wanted[key] - places[key] for key in keys)
    for key in keys:
        places[key] += shift

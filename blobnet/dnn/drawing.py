"""A net as a graph in the language of Graphviz, as net.dump() gives it."""

from __future__ import annotations

from blobnet.dnn.graph import Graph
from blobnet.errors import printable


def graphviz(graph: Graph) -> str:
    """A node for each layer, with its name and type; an edge for each layer that it reads."""
    lines = ["digraph G {"]
    for entry in graph.entries[1:]:
        label = f"{_quoted(entry.name)}\\n{_quoted(entry.type)}"
        lines.append(f'\t"{_quoted(entry.name)}" [label="{label}" shape=box]')
    for entry in graph.entries:
        for number in entry.inputs:
            source = graph.entries[number].name
            lines.append(f'\t"{_quoted(source)}" -> "{_quoted(entry.name)}"')
    return "\n".join([*lines, "}", ""])


def _quoted(name: str) -> str:
    return printable(name).replace("\\", "\\\\").replace('"', '\\"')

"""From the layers of a net to nodes, for the shapes that the net has now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from blobnet.errors import NetError, explain
from blobnet.exchange.onnx.deploy import Deployed
from blobnet.exchange.onnx.graph import Graph
from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, class_of, reason_of, writer_of
from blobnet.layer import Layer
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.wired_layer import WiredLayer


@dataclass
class Built:
    """A graph, and which of its values is what.

    tops     position in `net.wired` to the values of the layer's tops
    values   blob name to the value that it has in the end
    """

    graph: Graph = field(default_factory=Graph)
    tops: dict[int, list[str]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)


class _Builder:
    """Writes layer by layer, and collects what cannot be written."""

    def __init__(self, net: Net, part: Deployed) -> None:
        self.net, self.part = net, part
        self.built = Built()
        self.problems: list[str] = []
        self.writers_left = Counter(
            name for index in part.layers for name in net.wired[index].top_names
        )
        graph = self.built.graph
        for name in part.inputs:
            self.built.values[name] = graph.unique(name)
        for name in self.writers_left:  # a blob's name is its last value's, or the input's
            graph.names.add(name)

    def build(self) -> Built:
        for index in self.part.layers:
            self._write(index, self.net.wired[index])
        if self.problems:
            raise _cannot_express(self.problems)
        return self.built

    def _write(self, index: int, wired: WiredLayer) -> None:
        graph, values = self.built.graph, self.built.values
        bottoms = [values.get(name, name) for name in wired.bottom_names]
        since = len(graph.nodes)
        made = self._made(wired, bottoms)
        if is_inserted_split(wired.layer.layer_param_):  # another name for the same value
            named = made
        else:
            named = [self._named(wired, k, value, bottoms, since) for k, value in enumerate(made)]
        for name, value in zip(wired.top_names, named, strict=True):
            self.writers_left[name] -= 1
            values[name] = value
        self.built.tops[index] = named

    def _made(self, wired: WiredLayer, bottoms: list[str]) -> list[str]:
        """The values that the layer's writer returns; on a problem, names without a maker."""
        layer = wired.layer
        writer = writer_of(layer)
        if writer is None:
            self.problems.append(f'{layer.type} layer "{layer.name}": {_without_writer(layer)}')
            return list(wired.top_names)
        try:
            made = writer(LayerNodes(self.built.graph, wired, bottoms))
        except ExportError as reason:
            self.problems.append(f'{layer.type} layer "{layer.name}": {reason}')
            return list(wired.top_names)
        return [made] if isinstance(made, str) else list(made)

    def _named(
        self, wired: WiredLayer, top: int, value: str, bottoms: Sequence[str], since: int
    ) -> str:
        """A top's value under its blob's name, or one like it where the blob is written again."""
        graph, blob = self.built.graph, wired.top_names[top]
        is_last = self.writers_left[blob] == 1 and blob not in self.part.inputs
        if value in bottoms or value in graph.constants:  # passed on
            if wired.bottom_names[top : top + 1] == [blob] and not is_last:
                return value
            graph.add_node(
                "Identity", [value], [f"{value}:copy"], graph.unique(wired.layer.name), {}
            )
            value = f"{value}:copy"
        name = blob if is_last else graph.unique(f"{blob}/{wired.layer.name}")
        graph.rename(value, name, since)
        return name


def _without_writer(layer: Layer) -> str:
    cls = class_of(layer)
    if reason := reason_of(layer):
        return reason
    if cls is type(layer):
        return "no writer for this type"
    return f"class {cls.__name__} of {cls.__module__} is a program"


def build(net: Net, part: Deployed) -> Built:
    """The nodes of a net's part. Raises NetError naming all that ONNX cannot say."""
    return _Builder(net, part).build()


def _cannot_express(problems: list[str]) -> NetError:
    return NetError(
        explain(
            "not all layers can be written as ONNX",
            expected="layers of the types in docs/onnx.md",
            got="\n".join(problems),
            fix="cut the net in front of them: write a prototxt that ends there, and compute the "
            "rest elsewhere; for a type of your own, register a writer "
            "(blobnet.exchange.onnx.register)",
        )
    )

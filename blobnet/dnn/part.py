"""The part of a definition that some outputs need, cut out so that each of them can be read.

cv2.dnn names layers, and each has an output of its own; a Caffe net names blobs, which layers
that work in place overwrite. Where an output would be, the overwriting layer writes elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blobnet.dnn.graph import Graph, is_input
from blobnet.proto import LayerParameter, NetParameter
from blobnet.types import Shape

Pin = tuple[int, int]
"""Position of a layer in the definition, and of one of its tops."""


class Part:
    """The layers that some pins need, as a definition of their own.

    positions  of these layers in the whole definition
    blobs      pin to the blob that holds it
    """

    def __init__(self, graph: Graph, pins: Sequence[Pin], shapes: Mapping[str, Shape]) -> None:
        needed = _needed(graph, pins)
        self.positions = sorted(needed)
        self.definition = NetParameter(name=graph.definition.name)
        self.definition.state.CopyFrom(graph.definition.state)
        self.blobs: dict[Pin, str] = {}
        self._called: dict[str, str] = {}  # what a blob is called by now
        self._pins = set(pins)
        for position in self.positions:
            layer = self.definition.layer.add()
            layer.CopyFrom(graph.definition.layer[position])
            if is_input(layer):
                _set_shapes(layer, shapes)
            else:
                self._rename(position, layer)

    def _rename(self, position: int, layer: LayerParameter) -> None:
        """Read blobs by the names that they have by now; spare those that are to be read."""
        spared = set(self.blobs.values())
        for index, name in enumerate(layer.bottom):
            layer.bottom[index] = self._called.get(name, name)
        for index, name in enumerate(layer.top):
            called = self._called.get(name, name)
            if called in spared:
                called = f"{name} of {layer.name}"
                self._called[name] = called
            layer.top[index] = called
            if (position, index) in self._pins:
                self.blobs[position, index] = called


def _needed(graph: Graph, pins: Sequence[Pin]) -> set[int]:
    """The positions of layers that these pins depend on."""
    needed: set[int] = set()
    waiting = [position for position, _ in pins]
    while waiting:
        position = waiting.pop()
        if position not in needed:
            needed.add(position)
            waiting += graph.sources[position]
    return needed


def _set_shapes(layer: LayerParameter, shapes: Mapping[str, Shape]) -> None:
    """Give an input the shapes of what has been set, whatever the definition says."""
    if not all(name in shapes for name in layer.top):
        return
    del layer.input_param.shape[:]
    for name in layer.top:
        layer.input_param.shape.add().dim.extend(shapes[name])

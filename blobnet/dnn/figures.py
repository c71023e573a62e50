"""What a net costs and how it looks: the part of cv2.dnn.Net that counts, and computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.dnn import costs, drawing
from blobnet.dnn.errors import as_dnn_errors
from blobnet.dnn.graph import Entry, Graph
from blobnet.dnn.inputs import Inputs
from blobnet.dnn.model import Model
from blobnet.dnn.plan import Plan
from blobnet.dnn.preferences import Preferences
from blobnet.types import Array


class Figures(Preferences):
    """Times, operations, bytes and shapes of a net's layers, and a drawing of it."""

    _model: Model
    _graph: Graph
    _inputs: Inputs
    _last: Plan | None
    _ticks: int

    def getPerfProfile(self) -> tuple[int, Array]:
        """(ticks of the last forward, ticks of each layer): nanoseconds, as cv2 on most systems.

        The second, (layers,) float64 in the order of getLayerNames, is measured when it is asked
        for: the forward runs once more, layer by layer. Layers whose work another one does, and
        those that were not needed, have 0.
        """
        with as_dnn_errors():
            times = {} if self._last is None else self._last.layer_times()
        names = [entry.name for entry in self._graph.entries[1:]]
        return self._ticks, np.array([times.get(name, 0) for name in names], np.float64)

    def getLayersShapes(
        self, netInputShape: Any = None, *, netInputShapes: Any = None
    ) -> tuple[Array, Any, Any]:
        """(numbers of layers, shapes of their inputs, shapes of their outputs).

        netInputShape   the shape of the input, or a list with one for each
        netInputShapes  the same list
        """
        arguments = () if netInputShape is None else (netInputShape,)
        shapes = _stated("getLayersShapes", arguments, None, netInputShapes)
        found = self._rows(shapes[-1])
        ids = np.array([row.entry.id for row in found], np.int32)
        ins, outs = [row.inputs for row in found], [row.outputs for row in found]
        return ids, costs.in_arrays(ins), costs.in_arrays(outs)

    def getFLOPS(
        self,
        *arguments: Any,
        layerId: int | None = None,
        netInputShape: Any = None,
        netInputShapes: Any = None,
    ) -> int:
        """Operations of a forward, as OpenCV counts them: 2 for each multiplication and addition.

        arguments  (netInputShape) or (layerId, netInputShape): see getLayersShapes
        """
        shapes = netInputShape if netInputShapes is None else netInputShapes
        found = self._costs_of(_stated("getFLOPS", arguments, layerId, shapes))
        return sum(costs.flops(row) for row in found)

    def getMemoryConsumption(
        self,
        *arguments: Any,
        layerId: int | None = None,
        netInputShape: Any = None,
        netInputShapes: Any = None,
    ) -> tuple[int, int]:
        """(bytes of weights, bytes of outputs) of the net, or of a layer: arguments as getFLOPS.

        As OpenCV counts them, each output by itself; blobnet lays them over one another.
        """
        shapes = netInputShape if netInputShapes is None else netInputShapes
        found = self._costs_of(_stated("getMemoryConsumption", arguments, layerId, shapes))
        weights = sum(blob.nbytes for row in found for blob in self._blobs(row.entry))
        return weights, sum(costs.bytes_of(row.outputs) for row in found)

    def _blobs(self, entry: Entry) -> list[Array]:
        """The weights of a layer."""
        if entry.layer is None:
            return []
        return self._model.weights.get(self._model.definition.layer[entry.layer].name, [])

    def _costs_of(self, stated: Sequence[Any]) -> list[costs.Row]:
        found = self._rows(stated[-1])
        if len(stated) == 1:
            return found
        return [found[self._graph.entry(int(stated[0])).id]]

    def _rows(self, shapes: Any) -> list[costs.Row]:
        with as_dnn_errors():
            given = self._inputs.shapes_like(shapes)
            return costs.shapes_of(self._model, self._graph, given)

    def dump(self) -> str:
        """The net as a graph in the language of Graphviz."""
        return drawing.graphviz(self._graph)

    def dumpToFile(self, path: str | PathLike[str]) -> None:
        """The same into a file: `dot -Tpng` draws it."""
        Path(path).write_text(self.dump(), encoding="utf-8")


def _stated(who: str, arguments: Sequence[Any], layer: Any, shapes: Any) -> list[Any]:
    """(shapes) or (layer, shapes), by place or by name. Raises TypeError for anything else."""
    found = [one for one in (layer, *arguments, shapes) if one is not None]
    if len(found) not in (1, 2):
        raise TypeError(f"{who}(netInputShape) or {who}(layerId, netInputShape)")
    return found

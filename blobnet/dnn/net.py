"""Net: a Caffe model with the calls of cv2.dnn.Net. OpenCV: net.cpp, net_impl.cpp."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn, overload

import numpy as np
from numpy.typing import ArrayLike

from blobnet.dnn import overloads
from blobnet.dnn.errors import as_dnn_errors, error
from blobnet.dnn.figures import Figures
from blobnet.dnn.graph import Entry, Graph
from blobnet.dnn.image_params import Scalar
from blobnet.dnn.inputs import Inputs
from blobnet.dnn.layer_info import Layer
from blobnet.dnn.model import Model
from blobnet.dnn.not_here import REASONS_OF_NET, missing
from blobnet.dnn.part import Pin
from blobnet.dnn.plan import Plan
from blobnet.errors import explain
from blobnet.types import Array

Names = list[str] | tuple[str, ...]

_LEFT_OUT: Any = object()
_MOST_PLANS = 4  # nets that are kept for outputs that are asked for in turns


class Net(Figures):
    """What cv2.dnn.readNetFromCaffe gives: a net to look at results with.

        net = dnn.readNetFromCaffe("deploy.prototxt", "net.caffemodel")
        net.setInput(dnn.blobFromImage(image, size=(224, 224)))
        scores = net.forward()

    Outputs are named by layers, not by blobs: each layer has its own, also where the next one
    works in place. What is returned is copied. All that is wrong raises dnn.error.
    """

    def __init__(self, model: Model | None = None) -> None:
        super().__init__()
        self._model = Model() if model is None else model
        with as_dnn_errors():
            self._graph = Graph(self._model.definition)
        self._inputs = Inputs(self._graph.inputs)
        self._plans: OrderedDict[tuple[Pin, ...], Plan] = OrderedDict()
        self._last: Plan | None = None
        self._ticks = 0

    def __getattr__(self, name: str) -> NoReturn:
        """What is not here says so by its name."""
        raise missing("dnn.Net", name, REASONS_OF_NET)

    # --- running ------------------------------------------------------------------------------

    def setInput(
        self, blob: ArrayLike, name: str = "", scalefactor: float = 1.0, mean: Scalar = ()
    ) -> None:
        """Give an input its values: (blob - mean) * scalefactor, copied, as float32.

        blob  of any shape: the net takes the shapes that follow from it
        name  of the input; may be left out where there is one
        mean  one number for each channel, or one for the first

        Raises error where there is no such input, or no array of numbers.
        """
        if not self.empty():
            self._inputs.set(name, blob, scalefactor, mean)

    @overload
    def forward(self, outputName: str | None = None) -> Array: ...

    @overload
    def forward(self, outputName: Names) -> tuple[Array, ...]: ...

    @overload
    def forward(
        self, outBlobNames: Names, outputBlobs: Sequence[Array] | None = None
    ) -> tuple[Array, ...]: ...

    @overload
    def forward(
        self, outputBlobs: Sequence[Array] | None, outputName: str | None = None
    ) -> tuple[Array, ...]: ...

    def forward(
        self,
        *arguments: Any,
        outputName: Any = None,
        outputBlobs: Any = _LEFT_OUT,
        outBlobNames: Any = None,
    ) -> Array | tuple[Array, ...]:
        """Compute what a layer, or each of several layers, puts out.

        outputName    name of a layer; left out, the last one
        outBlobNames  a list of names
        outputBlobs   arrays to write into, where they have the shapes of what comes; beside a name
                      alone, all outputs of the layer are wanted

        Returns an array (the first output of the layer), or a tuple of arrays for a list.
        """
        has_blobs = outputBlobs is not _LEFT_OUT
        told = overloads.asked(arguments, outputName, outputBlobs, outBlobNames, has_blobs)
        of_layers = [self._pins(name or self._last_name()) for name in told.names]
        if told.has_all:
            return tuple(self._run(of_layers[0]))
        made = self._run([pins[0] for pins in of_layers])
        return made[0] if told.is_one else overloads.each_into(made, told.given)

    def forwardAndRetrieve(self, outBlobNames: Sequence[str]) -> tuple[tuple[Array, ...], ...]:
        """All outputs of each of several layers: a tuple of arrays for each name."""
        pins = [self._pins(name) for name in outBlobNames]
        if not pins:
            raise error("forwardAndRetrieve: outBlobNames cannot be empty")
        found = iter(self._run([pin for of_layer in pins for pin in of_layer]))
        return tuple(tuple(next(found) for _ in of_layer) for of_layer in pins)

    def _run(self, pins: Sequence[Pin]) -> list[Array]:
        unique = tuple(dict.fromkeys(pins))
        with as_dnn_errors():
            plan = self._plan(unique)
            start = time.perf_counter_ns()
            values = dict(zip(unique, plan.run(self._inputs.values), strict=True))
            self._ticks, self._last = time.perf_counter_ns() - start, plan
        return [values[pin] for pin in pins]

    def _plan(self, pins: tuple[Pin, ...]) -> Plan:
        if pins in self._plans:
            self._plans.move_to_end(pins)
            return self._plans[pins]
        plan = Plan(self._model, self._graph, pins, self._inputs.shapes())
        self._plans[pins] = plan
        if len(self._plans) > _MOST_PLANS:
            self._plans.popitem(last=False)
        return plan

    def _pins(self, name: str) -> list[Pin]:
        """All outputs of a layer. Raises error where there is none."""
        entry = self._graph.entry(name)
        if entry.layer is None or not entry.tops:
            what = f'layer "{name}" has no output to look at'
            fix = "setInput gave it" if not entry.id else None
            raise error(explain(what, got=entry.type or "the net's inputs", fix=fix))
        return [(entry.layer, index) for index in range(entry.tops)]

    def _last_name(self) -> str:
        if self.empty():
            fix = "dnn.readNetFromCaffe(prototxt, caffemodel) gives a net"
            raise error(explain("the net is empty", fix=fix))
        return self._graph.entries[-1].name

    def setInputsNames(self, inputBlobNames: Sequence[str]) -> None:
        """Call the inputs otherwise, in their order. Raises error for another number of names."""
        self._inputs.rename(inputBlobNames)

    def setInputShape(self, inputName: str, shape: Sequence[int]) -> None:
        """Nothing: what setInput is given has a shape. Raises error for no such input."""
        self._inputs.called(inputName)

    # --- layers -------------------------------------------------------------------------------

    def empty(self) -> bool:
        """Whether the net has no layers."""
        return len(self._graph.entries) == 1

    def getLayerNames(self) -> tuple[str, ...]:
        """The layers' names in order, without the inputs."""
        return tuple(entry.name for entry in self._graph.entries[1:])

    def getLayerId(self, layer: str) -> int:
        """The number of a layer, from 1; -1 where there is none of that name."""
        return self._graph.id_of(layer)

    def getLayer(self, layerId: int | str | None = None, *, layerName: str | None = None) -> Layer:
        """A layer by number or name, to look at or to give weights. Raises error for none."""
        entry = self._graph.entry(_one_of("getLayer", layerId, layerName))
        read, write = partial(self._blobs, entry), partial(self._set_blobs, entry)
        return Layer(entry.name, entry.type, read, write)

    def getLayerTypes(self) -> tuple[str, ...]:
        """The types that the net has, in alphabetical order."""
        types = {entry.type for entry in self._graph.entries[1:]}
        return tuple(sorted([*types, "__NetInputLayer__"]))

    def getLayersCount(self, layerType: str) -> int:
        """How many layers there are of a type."""
        return sum(entry.type == layerType for entry in self._graph.entries[1:])

    def getUnconnectedOutLayers(self) -> Array:
        """The numbers of the layers that no layer reads, int32."""
        return np.array([entry.id for entry in self._graph.unconnected()], np.int32)

    def getUnconnectedOutLayersNames(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(entry.name for entry in self._graph.unconnected())

    # --- weights ------------------------------------------------------------------------------

    def getParam(
        self, layer: int | str | None = None, numParam: int = 0, *, layerName: str | None = None
    ) -> Array:
        """A weight of a layer, copied; in the shape that getLayer tells."""
        layer = _one_of("getParam", layer, layerName)
        self._param(layer, numParam)
        return self.getLayer(layer).blobs[numParam]

    def setParam(
        self,
        layer: int | str | None = None,
        numParam: int = 0,
        blob: ArrayLike = (),
        *,
        layerName: str | None = None,
    ) -> None:
        """Replace a weight by as many values, at once. Raises error for another number."""
        layer = _one_of("setParam", layer, layerName)
        old, values = self._param(layer, numParam), np.asarray(blob, np.float32)
        if values.size != old.size:
            what = f"setParam: not as many values as weight {numParam} of the layer has"
            raise error(explain(what, expected=old.shape, got=values.shape))
        entry = self._graph.entry(layer)
        name = self._model.definition.layer[entry.layer or 0].name
        self._model.set_param(name, numParam, values.reshape(old.shape))
        for plan in self._plans.values():
            plan.set_param(name, numParam, values)

    def _param(self, layer: int | str, index: int) -> Array:
        entry = self._graph.entry(layer)
        blobs = self._blobs(entry)
        if not 0 <= index < len(blobs):
            what = f'layer "{entry.name}" has no weight {index}'
            raise error(explain(what, expected=f"below {len(blobs)}" if blobs else "none at all"))
        return blobs[index]

    def _set_blobs(self, entry: Entry, values: list[Array]) -> None:
        if entry.layer is None:
            raise error(explain(f'layer "{entry.name}" has no weights to set'))
        self._model.set_blobs(self._model.definition.layer[entry.layer].name, values)
        self._plans.clear()


def _one_of(who: str, layer: int | str | None, name: str | None) -> int | str:
    """A layer by its number or its name. Raises TypeError where neither is there, or both are."""
    if (layer is None) == (name is None):
        raise TypeError(f"{who}() takes a layer, by its number or its name")
    return layer if layer is not None else str(name)


def input_names(net: Net) -> list[str]:
    """What setInput knows, in order."""
    return net._graph.inputs


def stated_size(net: Net) -> tuple[int, int]:
    """(width, height) of the first input, as the prototxt has it; (0, 0) where it says nothing."""
    return net._graph.stated_size()

"""A net that computes some outputs: the part that they need, in the inference mode."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np

from blobnet.dnn.custom_layers import adapted, is_custom
from blobnet.dnn.errors import error
from blobnet.dnn.graph import Graph
from blobnet.dnn.model import Model
from blobnet.dnn.part import Part, Pin
from blobnet.errors import explain
from blobnet.importing import built_in
from blobnet.layer_register import is_layer_type, layer_class
from blobnet.layers.detection.ssd.detection_output import DetectionOutput
from blobnet.net import Net
from blobnet.types import Array, Shape
from blobnet.wired_layer import WiredLayer


class Plan:
    """What runs for some pins; made for the inputs' shapes, and for others of as many axes."""

    def __init__(
        self, model: Model, graph: Graph, pins: Sequence[Pin], shapes: Mapping[str, Shape]
    ) -> None:
        part = runnable_part(model, graph, pins, shapes)
        self._blobs = [part.blobs[pin] for pin in pins]
        self.net = Net(part.definition, "TEST", inference=True, keep=self._blobs)
        if any(self.net.params.values()):  # layers of the user's own have taken theirs
            self.net.copy_from(model.given(self.net), complete=True)
        self._makers = {id(blob): w for w in self.net.wired for blob in w.top}

    def set_param(self, name: str, index: int, values: Array) -> None:
        """Write a weight, if a layer of this part has it."""
        if name in self.net.params:
            self.net.params[name][index].data[...] = values.reshape(
                self.net.params[name][index].shape
            )

    def run(self, inputs: Mapping[str, Array]) -> list[Array]:
        """The pins' values, copied."""
        for name in self.net.inputs:
            blob = self.net.blobs[name]
            blob.reshape(inputs[name].shape)
            blob.data[...] = inputs[name]
        self.net.forward_from_to(0, len(self.net.layers) - 1)
        return [self._output(name) for name in self._blobs]

    def layer_times(self) -> dict[str, int]:
        """Layer name to nanoseconds, of a further run with the inputs that are there."""
        times: dict[str, int] = {}
        start = 0

        def begin(_: int) -> None:
            nonlocal start
            start = time.perf_counter_ns()

        def end(index: int) -> None:
            times[self.net.layer_names[index]] = max(1, time.perf_counter_ns() - start)

        callbacks = self.net.callbacks
        callbacks.before_forward.append(begin)
        callbacks.after_forward.append(end)
        try:
            self.net.forward_from_to(0, len(self.net.layers) - 1)
        finally:
            callbacks.before_forward.remove(begin)
            callbacks.after_forward.remove(end)
        return times

    def _output(self, name: str) -> Array:
        blob = self.net.blobs[name]
        maker = self._makers.get(id(blob))
        rows = None if maker is None else detection_rows(maker)
        if rows is not None:
            return in_rows(blob.data, rows)
        values: Array = blob.data.copy()
        return values


def detection_rows(maker: WiredLayer) -> int | None:
    """How many rows OpenCV has of what an SSD finds; None of all else."""
    if not isinstance(maker.layer, DetectionOutput) or len(maker.bottom) == 1:
        return None
    keep = maker.layer.layer_param_.detection_output_param.keep_top_k
    return keep * maker.bottom[0].shape[0] if keep > 0 else None


def in_rows(found: Array, rows: int) -> Array:
    """Detections (1, 1, n, 7) as OpenCV has them: in `rows` rows, those behind the last are 0.

    Those of an image are in the order of their scores, not of their classes as Caffe has them.
    Caffe's rows of an image without any, -1, go.
    """
    some = found[0, 0][found[0, 0, :, 1] >= 0]
    some = some[np.lexsort([-some[:, 2], some[:, 0]])]
    result: Array = np.zeros((1, 1, rows, found.shape[3]), found.dtype)
    result[0, 0, : len(some)] = some
    return result


def runnable_part(
    model: Model, graph: Graph, pins: Sequence[Pin], shapes: Mapping[str, Shape]
) -> Part:
    """What some pins need, with layers of the user's own in place. Raises error where it cannot."""
    part = Part(graph, pins, shapes)
    _check_inputs(graph, part, shapes)
    _refuse_programs(part)
    adapted(part.definition, model.weights)
    return part


def _check_inputs(graph: Graph, part: Part, shapes: Mapping[str, Shape]) -> None:
    """Raise error where an input that is needed has not been set."""
    read = {name for layer in part.definition.layer for name in layer.bottom}
    for name in graph.inputs:
        if name in read and name not in shapes:
            what = f'input "{name}" has not been set'
            raise error(explain(what, fix=f'net.setInput(blob, "{name}") before net.forward()'))


def _refuse_programs(part: Part) -> None:
    """Raise error for a layer that would run a program which the prototxt names."""
    for layer in part.definition.layer:
        kind = layer.type
        if is_custom(kind) or not is_layer_type(kind) or not layer_class(kind).runs_foreign_code:
            continue
        module = layer.python_param.module
        own = built_in(module)
        if own is None:
            raise error(
                explain(
                    f'Can\'t create layer "{layer.name}" of type "{kind}": it would run a program',
                    got=f'class "{layer.python_param.layer}" of module "{module}"',
                    fix=f'dnn.dnn_registerLayer("{kind}", Class) runs a class of yours for it; or '
                    "blobnet.Net(prototxt, ...), which runs what a prototxt names",
                )
            )
        layer.python_param.module = own

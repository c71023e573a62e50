"""The same inputs through the net and through ONNX Runtime, and what differs.

The outputs are compared first. Where one is apart, the layers are looked at, each by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from blobnet.comparing.difference import Difference, difference
from blobnet.comparing.inputs import draw_inputs
from blobnet.comparing.onnx_runtime import open_session, run_session
from blobnet.exchange.onnx.build import Built
from blobnet.exchange.onnx.deploy import Deployed
from blobnet.exchange.onnx.free_axes import FreeAxes, input_shapes
from blobnet.exchange.onnx.layer_check import LayerCheck
from blobnet.net import Net
from blobnet.types import Array, Shape

_SEED = 1
_AS_PIXELS = 64.0  # the deviation of what is drawn the second time, near that of pixels


@dataclass
class OutputDifference:
    """How far the two are apart in one output, over all that was tried.

    largest   the largest absolute difference
    relative  the largest share that a difference was of the output's largest absolute value
    grows_in  the layer in which a rounding grows beyond that, or turns a decision over; alone each
              layer agrees. Empty where both are nowhere far apart
    """

    name: str
    shape: Shape
    largest: float = 0.0
    relative: float = 0.0
    grows_in: str = ""


def compare(
    net: Net,
    part: Deployed,
    built: Built,
    free: FreeAxes,
    model: Any,
    progress: Callable[[str], None] = lambda what: None,
    given: Mapping[str, Array] | None = None,
) -> list[OutputDifference]:
    """Run both on random inputs, in the net's shapes and in others that are free.

    given  values for inputs, in the net's shapes: these are not drawn

    Raises NetError, with the first layer that differs and its blob.
    """
    run = _Run(net, part, built, model)
    first = {name: net.blobs[name].shape for name in part.inputs}
    trials = [(first, 1.0)]
    trials += [] if given else [(first, _AS_PIXELS)]
    trials += [] if free.other is None else [(free.other, 1.0)]
    found = {name: OutputDifference(name, net.blobs[name].shape) for name in part.outputs}
    rng = np.random.default_rng(_SEED)
    for shapes, deviation in trials:
        progress("comparing on " + ", ".join("x".join(map(str, s)) for s in shapes.values()))
        with input_shapes(net, part, shapes):
            inputs = draw_inputs(net, part.inputs, rng, deviation)
            if given and shapes is first:
                inputs |= {name: values for name, values in given.items() if name in inputs}
            apart, grows_in = run.once(inputs)
            for name, one in apart.items():
                note = found[name]
                note.largest = max(note.largest, one.largest)
                note.relative = max(note.relative, one.relative)
                if not one.is_rounding:
                    note.grows_in = note.grows_in or grows_in
    return list(found.values())


class _Run:
    """Both sides, ready to run."""

    def __init__(self, net: Net, part: Deployed, built: Built, model: Any) -> None:
        self.net, self.part, self.built, self.model = net, part, built, model
        self.session = open_session(model)

    def once(self, inputs: Mapping[str, Array]) -> tuple[dict[str, Difference], str]:
        """What the outputs differ by; where they do, the layer in which it grows.

        Raises NetError if a layer differs on its own inputs.
        """
        names = [self.built.values[name] for name in self.part.outputs]
        made = run_session(self.session, names, inputs)
        expected = self._forward(inputs)
        found = {
            name: difference(expected[name], values)
            for name, values in zip(self.part.outputs, made, strict=True)
        }
        if all(one.is_rounding for one in found.values()):
            return found, ""
        layers = LayerCheck(self.net, self.part, self.built, self.model)
        return found, layers.find(inputs, dict(zip(self.part.outputs, made, strict=True)))

    def _forward(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The net's outputs; layers that only score are not run."""
        for name, values in inputs.items():
            self.net.blobs[name].data[...] = values
        for index in self.part.layers:
            self.net.wired[index].forward()
        return {name: self.net.blobs[name].data for name in self.part.outputs}

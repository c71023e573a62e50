"""The same inputs through the net and through ONNX Runtime, and what differs.

The outputs are compared first. Where one is apart, the layers are looked at, each by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from blobnet.comparing.detections import in_order_of
from blobnet.comparing.difference import TOLERANCE, Difference, difference
from blobnet.comparing.inputs import draw_inputs
from blobnet.comparing.onnx_runtime import open_session, run_session
from blobnet.errors import NetError, explain
from blobnet.exchange.onnx.build import Built
from blobnet.exchange.onnx.deploy import Deployed
from blobnet.exchange.onnx.free_axes import FreeAxes, input_shapes
from blobnet.exchange.onnx.layer_check import ALONE, LayerCheck
from blobnet.net import Net
from blobnet.types import Array, Shape

_SEED = 1
_AS_PIXELS = 64.0  # the deviation of what is drawn the second time, near that of pixels


@dataclass
class OutputDifference:
    """How far the two are apart in one output, over all that was tried.

    largest   the largest absolute difference
    relative  the largest share that a difference was of the output's largest absolute value
    grows_in  the layer in which a rounding grows beyond 1e-4, or turns a decision over, where that
              is accepted; alone each layer agrees. Empty where both are nowhere far apart
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
    tolerance: float = TOLERANCE,
) -> list[OutputDifference]:
    """Run both on random inputs, in the net's shapes and in others that are free.

    given      values for inputs, in the net's shapes: these are not drawn
    tolerance  how far an output may be apart, beside its largest value, where each layer alone
               agrees: 1e-4 or more

    Raises NetError, with the first layer that differs and its blob.
    """
    if not tolerance >= TOLERANCE:
        what = "tolerance: below that, two programs differ by rounding alone"
        raise NetError(explain(what, expected=f"{TOLERANCE:.0e} or more", got=tolerance))
    run = _Run(net, part, built, model)
    first = {name: net.blobs[name].shape for name in part.inputs}
    trials = [(first, 1.0)]
    trials += [] if given else [(first, _AS_PIXELS)]
    trials += [] if free.other is None else [(free.other, 1.0)]
    found = {name: OutputDifference(name, net.blobs[name].shape) for name in part.outputs}
    beyond: list[OutputDifference] = []
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
                if not one.is_within(tolerance):
                    beyond.append(note)
    if beyond:
        raise _grown(max(beyond, key=lambda one: one.relative))
    return list(found.values())


def _grown(apart: OutputDifference) -> NetError:
    """Each layer alone agrees, and the outputs are apart."""
    size = f"{apart.largest:.3g}, which is {apart.relative:.1e} of its largest value"
    if np.isinf(apart.relative):
        size = "another number of rows, or an infinity on one side alone"
    accepted = f"{_rounded_up(apart.relative):g}"
    return NetError(
        explain(
            f"the ONNX model's output '{apart.name}' is apart from the net's: the first layer "
            f"that differs is {apart.grows_in or 'none: roundings of several add up'}",
            expected=f"at most {TOLERANCE:.0e} of its largest value",
            got=f"{size}; on the same values every layer by itself agrees to {ALONE:.0e}: "
            "roundings grow there, or turn a decision over",
            fix=f"--tolerance {accepted} (in Python tolerance={accepted}) accepts it, and each "
            "layer is checked all the same; weights that were never trained make it worse",
        )
    )


def _rounded_up(number: float) -> float:
    """To one digit: 0.0123 to 0.02."""
    if not 0 < number < np.inf:
        return number
    unit = 10.0 ** np.floor(np.log10(number))
    return float(np.ceil(number / unit) * unit)


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
            name: difference(expected[name], in_order_of(expected[name], values))
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

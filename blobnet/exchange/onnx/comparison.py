"""The same inputs through the net and through ONNX Runtime, and what differs.

The outputs are compared first. Where one differs, all blobs are, layer by layer. A rounding below
may have grown there (a softmax of large scores), or turned a decision over (a position, boxes): so
a layer whose tops differ is compared again, on the very inputs that it had in ONNX Runtime. The
first that differs then is named. Of boxes with one score the last bit decides which comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from blobnet.comparing.detections import are_same_but_for_ties
from blobnet.comparing.difference import TOLERANCE, Difference, difference
from blobnet.comparing.inputs import draw_inputs
from blobnet.comparing.onnx_runtime import open_session, run_session, session_for
from blobnet.errors import NetError, explain
from blobnet.exchange.onnx.build import Built
from blobnet.exchange.onnx.deploy import Deployed
from blobnet.exchange.onnx.free_axes import FreeAxes, input_shapes
from blobnet.net import Net
from blobnet.types import Array, Shape
from blobnet.wired_layer import WiredLayer

_SEED = 1
_AS_PIXELS = 64.0  # the deviation of what is drawn the second time, near that of pixels


@dataclass
class OutputDifference:
    """How far the two are apart in one output, over all that was tried.

    largest   the largest absolute difference
    relative  the largest share that a difference was of the output's largest absolute value
    grown     whether a rounding has grown further or turned a decision over, for some inputs; layer
              by layer both agree, and the numbers are those of the other inputs
    """

    name: str
    shape: Shape
    largest: float = 0.0
    relative: float = 0.0
    grown: bool = False


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

    Raises NetError, with the layer and the blob where they first differ.
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
            for name, one in run.once(inputs).items():
                note = found[name]
                note.grown |= not one.is_rounding
                if one.is_rounding:
                    note.largest = max(note.largest, one.largest)
                    note.relative = max(note.relative, one.relative)
    return list(found.values())


class _Run:
    """Both sides, ready to run."""

    def __init__(self, net: Net, part: Deployed, built: Built, model: Any) -> None:
        self.net, self.part, self.built, self.model = net, part, built, model
        self.session = open_session(model)

    def once(self, inputs: Mapping[str, Array]) -> dict[str, Difference]:
        """What the outputs differ by. Raises NetError if a layer differs on its own inputs."""
        names = [self.built.values[name] for name in self.part.outputs]
        made = run_session(self.session, names, inputs)
        expected = self._forward(inputs)
        found = {
            name: difference(expected[name], values)
            for name, values in zip(self.part.outputs, made, strict=True)
        }
        if not all(one.is_rounding for one in found.values()):
            self._find_first(inputs)
        return found

    def _forward(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """The net's outputs; layers that only score are not run."""
        for name, values in inputs.items():
            self.net.blobs[name].data[...] = values
        for wired in self._wired():
            wired.forward()
        return {name: self.net.blobs[name].data for name in self.part.outputs}

    def _wired(self) -> list[WiredLayer]:
        return [self.net.wired[index] for index in self.part.layers]

    def _find_first(self, inputs: Mapping[str, Array]) -> None:
        """Raise the error that names the first layer whose tops differ, if there is one.

        Where all blobs are told ONNX Runtime joins no nodes, and rounds as the layers do: there may
        be none, and the outputs agree.
        """
        known = {**self.built.graph.constants, **inputs, **self._all_values(inputs)}
        for name, values in inputs.items():
            self.net.blobs[name].data[...] = values
        current: dict[str, Array | None] = dict(inputs)
        for index in self.part.layers:
            wired = self.net.wired[index]
            got = [known.get(value) for value in self.built.tops[index]]
            wired.forward()
            if not self._agree(wired, got):
                if not self._agree(wired, got, but_for_ties=True):
                    self._check_on_its_own(wired, got, current)
                self._take_over(wired.top, got)
            current.update(zip(wired.top_names, got, strict=True))

    def _check_on_its_own(
        self,
        wired: WiredLayer,
        got: Sequence[Array | None],
        current: Mapping[str, Array | None],
    ) -> None:
        """Raise the error that names the layer, unless it agrees on what it reads there."""
        before = [current.get(name) for name in wired.bottom_names]
        self._take_over(wired.bottom, before)
        wired.forward()
        is_known = all(one is not None for one in before)
        if not is_known or not self._agree(wired, got, but_for_ties=True):
            raise self._differs(wired, got)

    def _agree(
        self, wired: WiredLayer, got: Sequence[Array | None], *, but_for_ties: bool = False
    ) -> bool:
        """As far as ONNX Runtime has such values: a node may be several layers."""
        return all(
            values is None
            or difference(blob.data, values).is_rounding
            or (but_for_ties and are_same_but_for_ties(blob.data, values))
            for blob, values in zip(wired.top, got, strict=True)
        )

    def _take_over(self, blobs: Sequence[Any], values: Sequence[Array | None]) -> None:
        for blob, array in zip(blobs, values, strict=True):
            if array is not None:
                blob.reshape(array.shape)
                blob.data[...] = array

    def _differs(self, wired: WiredLayer, tops: Sequence[Array | None]) -> NetError:
        got = [
            blob.data if values is None else values
            for blob, values in zip(wired.top, tops, strict=True)
        ]
        which = [difference(blob.data, v) for blob, v in zip(wired.top, got, strict=True)]
        k = max(range(len(which)), key=lambda index: which[index].relative)
        blob, values, layer = wired.top[k], got[k], wired.layer
        shapes = "" if blob.shape == values.shape else f", shape {values.shape}"
        return NetError(
            explain(
                f"the ONNX model differs from the net: first in blob '{wired.top_names[k]}', "
                f'which {layer.type} layer "{layer.name}" makes',
                expected=f"differences of at most {TOLERANCE:.0e} of the blob's largest value"
                + (f", shape {blob.shape}" if shapes else ""),
                got=f"{which[k].largest:.3g}, which is {which[k].relative:.1e} of it{shapes}",
                fix="please report this layer, with its settings; --no-check keeps the file",
            )
        )

    def _all_values(self, feed: Mapping[str, Array]) -> dict[str, Array]:
        """Every value that a node makes for a top, by its name."""
        names = (name for tops in self.built.tops.values() for name in tops)
        session, wanted = session_for(self.model, names)
        return dict(zip(wanted, run_session(session, wanted, feed), strict=True))

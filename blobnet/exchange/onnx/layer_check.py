"""Why outputs differ: the layer that computes something else, or the one in which a rounding grows.

Outputs may be apart by more than any rounding though no layer differs: a softmax of large scores
multiplies what comes, a decision (a position, a box) turns over. So each layer is run alone, on the
very inputs that it had in ONNX Runtime, and must agree ten times closer there than outputs must.
Only then is the difference called grown, and the layer named in which it first went beyond.

ONNX Runtime joins nodes, a convolution with what is behind it, and joins none whose values are
told. What it makes of joined nodes is traced back from the outputs until both ways agree again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from blobnet.comparing.detections import are_same_but_for_ties
from blobnet.comparing.difference import TOLERANCE, Difference, difference
from blobnet.comparing.onnx_runtime import run_session, session_for
from blobnet.errors import NetError, explain
from blobnet.exchange.onnx.build import Built
from blobnet.exchange.onnx.deploy import Deployed
from blobnet.net import Net
from blobnet.types import Array
from blobnet.wired_layer import WiredLayer

ALONE = TOLERANCE / 10
"""How far a layer may be apart on the same inputs: sums in another order make 1e-6 of float32."""

Values = Mapping[str, Array]
"""By the names that values have in the model."""


class LayerCheck:
    """A net and its model, to be looked at layer by layer."""

    def __init__(self, net: Net, part: Deployed, built: Built, model: Any) -> None:
        self.net, self.part, self.built, self.model = net, part, built, model
        self._read = self._values_read()

    def find(self, inputs: Values, outputs: Values) -> str:
        """In words, the layer in which a rounding grows.

        outputs  what ONNX Runtime made of these inputs, where nobody asked for other values

        Raises NetError naming the first layer that differs on its own inputs.
        """
        known = {**self.built.graph.constants, **inputs}
        known |= self._asked_for([n for names in self.built.tops.values() for n in names], inputs)
        grows = self._first_beyond(inputs, known)
        self._check_each_alone(inputs, known)
        for name in self.part.outputs:
            value = self.built.values[name]
            if value in known and not _is_same(known[value], outputs[name], TOLERANCE):
                grows = self._check_joined(name, outputs[name], known, inputs) or grows
        return grows or self._decides(known, outputs)

    def _decides(self, known: Values, outputs: Values) -> str:
        """The layer of an output of which a few boxes are exchanged: nothing else is apart."""
        for name, made in outputs.items():
            value = self.built.values[name]
            if value not in known or not difference(known[value], made).is_rounding:
                return _in_words(self.net.wired[self._maker(value, len(self.net.wired))])
        return ""

    # --- all values told: nothing is joined ---------------------------------------------------

    def _first_beyond(self, inputs: Values, known: Values) -> str:
        """The first layer whose top is apart, each layer reading what the net computes."""
        self._fill(inputs)
        beyond = ""
        for index in self.part.layers:
            wired = self.net.wired[index]
            wired.forward()
            pairs = zip(wired.top, self._tops(index, known), strict=True)
            if not beyond and not all(
                v is None or difference(b.data, v).is_rounding for b, v in pairs
            ):
                beyond = _in_words(wired)
        return beyond

    def _check_each_alone(self, inputs: Values, known: Values) -> None:
        """Raise the error that names the first layer that differs, reading the model's values.

        A node may be several layers: what ONNX Runtime does not have between them, they compute.
        """
        self._fill(inputs)
        for index in self.part.layers:
            wired = self.net.wired[index]
            wired.forward()
            got = self._tops(index, known)
            for top, values in enumerate(got):
                if values is not None and not _is_same(wired.top[top].data, values, ALONE):
                    raise _differs(wired, top, values, ALONE)
            _take_over(wired.top, got)

    # --- nodes that are joined ----------------------------------------------------------------

    def _check_joined(self, name: str, made: Array, known: Values, inputs: Values) -> str:
        """From an output back to the layer in front of which joining changes nothing.

        known  all values, as they are where no nodes are joined
        """
        value, told = self.built.values[name], {**self.built.graph.constants, **inputs}
        behind = len(self.net.wired)
        while True:
            behind = index = self._maker(value, behind)
            wired = self.net.wired[index]
            read = self._read[index]
            joined = {**told, **self._asked_for(read, inputs)}
            before = [joined.get(one) for one in read]
            _take_over(wired.bottom, before)
            wired.forward()
            top = self.built.tops[index].index(value)
            if not _is_same(wired.top[top].data, made, TOLERANCE):
                raise _differs(wired, top, made, TOLERANCE, ", where ONNX Runtime joins nodes")
            apart = [
                one
                for one, values in zip(read, before, strict=True)
                if values is not None and not _is_same(known[one], values, TOLERANCE)
            ]
            if not apart:
                return _in_words(wired)
            value, made = apart[0], joined[apart[0]]

    # --- values ---------------------------------------------------------------------------------

    def _values_read(self) -> dict[int, list[str]]:
        """Position of a layer to the values of its bottoms."""
        now = {name: self.built.values.get(name, "") for name in self.part.inputs}
        found = {}
        for index in self.part.layers:
            wired = self.net.wired[index]
            found[index] = [now.get(name, "") for name in wired.bottom_names]
            now.update(zip(wired.top_names, self.built.tops[index], strict=True))
        return found

    def _maker(self, value: str, behind: int) -> int:
        """The last layer in front of a position that has the value as a top."""
        return max(i for i in self.part.layers if i < behind and value in self.built.tops[i])

    def _asked_for(self, names: Sequence[str], inputs: Values) -> dict[str, Array]:
        """Those of these values that nodes make, from a session that tells no others."""
        session, wanted = session_for(self.model, names)
        if not wanted:
            return {}
        return dict(zip(wanted, run_session(session, wanted, inputs), strict=True))

    def _tops(self, index: int, known: Values) -> list[Array | None]:
        return [known.get(value) for value in self.built.tops[index]]

    def _fill(self, inputs: Values) -> None:
        for name, values in inputs.items():
            self.net.blobs[name].data[...] = values


def _is_same(expected: Array, got: Array, tolerance: float) -> bool:
    is_close = difference(expected, got).is_within(tolerance)
    return is_close or are_same_but_for_ties(expected, got)


def _take_over(blobs: Sequence[Any], values: Sequence[Array | None]) -> None:
    for blob, array in zip(blobs, values, strict=True):
        if array is not None:
            blob.reshape(array.shape)
            blob.data[...] = array


def _in_words(wired: WiredLayer) -> str:
    return f'{wired.layer.type} layer "{wired.layer.name}"'


def _differs(
    wired: WiredLayer, top: int, values: Array, tolerance: float, where: str = ""
) -> NetError:
    blob = wired.top[top]
    apart: Difference = difference(blob.data, values)
    shapes = "" if blob.shape == values.shape else f", shape {values.shape}"
    return NetError(
        explain(
            f"the ONNX model differs from the net: first in blob '{wired.top_names[top]}', "
            f"which {_in_words(wired)} makes{where}",
            expected=f"differences of at most {tolerance:.0e} of the blob's largest value, "
            "where the layer reads the same" + (f", shape {blob.shape}" if shapes else ""),
            got=f"{apart.largest:.3g}, which is {apart.relative:.1e} of it{shapes}",
            fix="please report this layer, with its settings; --no-check keeps the file",
        )
    )

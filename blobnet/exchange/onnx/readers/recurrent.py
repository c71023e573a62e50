"""LSTM as Caffe's layer: its states begin with 0, which a `cont` of 0 in the first timestep says.

ONNX has its gates in the order i, o, f, c, Caffe in the order i, f, o, g. Backward is the layer
between two that turn the timesteps round.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader, as_floats
from blobnet.exchange.onnx.reader_register import reads
from blobnet.exchange.onnx.readers.shapes import part
from blobnet.types import Array

_USUAL = ["Sigmoid", "Tanh", "Tanh"]
_ORDER = (0, 2, 1, 3)  # of ONNX's gates, as Caffe's lie
_LATER = {4: "sequence_lens", 5: "initial_h", 6: "initial_c", 7: "peepholes"}


@reads("LSTM")
def lstm(node: NodeReader) -> None:
    x = node.blob()
    steps, streams = node.shape_of(x)[:2]
    _check(node, steps)
    size = int(node.attributes["hidden_size"])
    W, R = (as_floats(node.known(index, name)) for index, name in ((1, "W"), (2, "R")))
    b = node.constant(3)
    biases = as_floats(np.zeros((len(W), 8 * size)) if b is None else b)
    ways = {"forward": [1], "reverse": [-1], "bidirectional": [1, -1]}
    way = node.attributes.get("direction", "forward")
    if way not in ways or len(ways[way]) != len(W):
        raise node.error("an unknown direction", got=way)
    cont = _cont(node, steps, streams)
    made = []
    for number, sign in enumerate(ways[way]):
        bias = biases[number, : 4 * size] + biases[number, 4 * size :]
        weights = [_ordered(one) for one in (W[number], bias, R[number])]
        made.append(_one_way(node, x, cont, weights, size, turned=sign < 0))
    _give(node, 0, [y for y, _ in made], axis=1, shape=(steps, 1, streams, size))
    last = [_last(node, y, sign) for (y, _), sign in zip(made, ways[way], strict=True)]
    _give(node, 1, last, axis=0, shape=(1, streams, size))
    _give(node, 2, [c for _, c in made], axis=0, shape=(1, streams, size))


def _check(node: NodeReader, steps: int) -> None:
    """Raise the error that names what Caffe's layer has not."""
    words = node.attributes
    usual = [name.lower() for name in words.get("activations", [])]
    if usual and usual != [name.lower() for name in _USUAL] * (len(usual) // 3):
        raise node.error("other activations than Caffe's", got=words["activations"])
    for name in ("clip", "input_forget", "layout"):
        if words.get(name):
            raise node.error(f"`{name}` has no place in Caffe's layer", got=words[name])
    for index, name in _LATER.items():
        if not node.has(index):
            continue
        values = node.known(index, name)
        if (values != steps).any() if name == "sequence_lens" else values.any():
            expected = f"all {steps} timesteps" if name == "sequence_lens" else "zeros"
            raise node.error(f"{name} is read as {expected} alone", got=values.reshape(-1)[:8])


def _ordered(rows: Array) -> Array:
    """Gates in Caffe's order."""
    parts = np.split(rows, 4)
    return np.concatenate([parts[k] for k in _ORDER])


def _cont(node: NodeReader, steps: int, streams: int) -> str:
    """(T, N): 0 in the first timestep, 1 behind it."""

    def filled(length: int, value: float) -> str:
        param = {"shape": [{"dim": [length, streams]}], "data_filler": [{"value": value}]}
        return node.layer("DummyData", [], dummy_data_param=param)[0]

    first = filled(1, 0)
    if steps == 1:
        return first
    return node.layer("Concat", [first, filled(steps - 1, 1)], concat_param={"axis": 0})[0]


def _one_way(
    node: NodeReader, x: str, cont: str, weights: list[Array], size: int, *, turned: bool
) -> tuple[str, str]:
    """h of all timesteps, in the order of x, and c of the last one, "" where nobody reads it."""
    param: dict[str, Any] = {"num_output": size}
    bottoms, tops = [x, cont], 1
    if turned:
        (bottoms[0],) = node.layer("Reverse", [x], reverse_param={"axis": 0})
    if _is_read(node, 2):
        shape = {"shape": [{"dim": [1, node.shape_of(x)[1], size]}]}
        bottoms += [node.layer("DummyData", [], dummy_data_param=shape)[0] for _ in range(2)]
        param["expose_hidden"], tops = True, 3
    h, *states = node.layer("LSTM", bottoms, weights, tops=tops, recurrent_param=param)
    if states:
        node.layer("Silence", [states[0]], tops=0)
    if turned:
        (h,) = node.layer("Reverse", [h], reverse_param={"axis": 0})
    return h, states[1] if states else ""


def _last(node: NodeReader, h: str, sign: int) -> str:
    """Of the timestep that comes last on its way, if anybody reads it."""
    steps = node.shape_of(h)[0]
    if not _is_read(node, 1):
        return ""
    return part(node, h, 0, steps - 1, steps) if sign > 0 else part(node, h, 0, 0, 1)


def _is_read(node: NodeReader, output: int) -> bool:
    names = node.outputs
    return output < len(names) and bool(names[output] and node.values.uses.get(names[output]))


def _give(
    node: NodeReader, output: int, blobs: list[str], axis: int, shape: tuple[int, ...]
) -> None:
    """An output of both directions, one behind the other on an axis of its own."""
    if not _is_read(node, output):
        return
    each = [node.reshaped(blob, shape) for blob in blobs]
    joined = each[0]
    if len(each) > 1:
        (joined,) = node.layer("Concat", each, concat_param={"axis": axis})
    node.give(joined, output)

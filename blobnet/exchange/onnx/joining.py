"""Nodes that are one layer of Caffe's together: PyTorch writes a LocalResponseNorm as nine.

x / (k + alpha * m)^beta, where m is the mean of x^2 over `size` channels: a Mul, a Reshape to one
volume for each image, a Pad, an AveragePool along the channels, a Squeeze, Mul, Add, Pow, Div.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.exchange.onnx.model_file import ModelFile
from blobnet.exchange.onnx.packages import onnx
from blobnet.exchange.onnx.tensors import tensor_array
from blobnet.types import Array

_SHAPES = ("Reshape", "Squeeze", "Unsqueeze", "Identity")


def joined(model: ModelFile) -> ModelFile:
    """The model, with an LRN in the place of nodes that make one up."""
    graph = _Graph(model)
    found = {id(node): made for node in model.nodes if (made := _lrn(graph, node)) is not None}
    gone = {id(node) for _, parts in found.values() for node in parts}
    kept = [node for node in model.nodes if id(node) not in gone]
    return replace(model, nodes=[found[id(n)][0] if id(n) in found else n for n in kept])


class _Graph:
    """Which node makes a value, and how many read it."""

    def __init__(self, model: ModelFile) -> None:
        self.maker = {name: node for node in model.nodes for name in node.output}
        self._constants = model.constants
        self._folder: Path = model.path.parent
        self._uses = Counter(name for node in model.nodes for name in node.input)
        self._uses.update(model.outputs)

    def inner(self, value: str, *op_types: str) -> Any:
        """The node of one of these operators that makes a value for one reader; else None."""
        node = self.maker.get(value)
        fits = node is not None and node.op_type in op_types and self._uses[value] == 1
        return node if fits else None

    def constant(self, value: str) -> Array | None:
        node = self.maker.get(value)
        if node is None or node.op_type != "Constant":
            return self._constants.get(value)
        for one in node.attribute:
            if one.name == "value":
                return tensor_array(one.t, self._folder)
            if one.name in ("value_float", "value_int", "value_floats", "value_ints"):
                return np.array(_attribute(one))
        return None

    def number(self, node: Any) -> tuple[str, float] | None:
        """Of a node of two inputs the value, and the number that is its second."""
        for value, other in (node.input, node.input[::-1]) if len(node.input) == 2 else ():
            known = self.constant(other)
            if known is not None and known.size == 1:
                return value, float(known.reshape(-1)[0])
        return None


def _lrn(graph: _Graph, div: Any) -> tuple[Any, list[Any]] | None:
    """An LRN for the Div that ends one, and the nodes that it takes the place of."""
    if div.op_type != "Div" or len(div.input) != 2:
        return None
    x, value = div.input
    parts, words = [], {}
    for op_type, word in (("Pow", "beta"), ("Add", "bias"), ("Mul", "alpha")):
        node = graph.inner(value, op_type)
        told = graph.number(node) if node is not None else None
        if told is None:
            return None
        value, words[word] = told
        parts.append(node)
    channels = _mean_over_channels(graph, value, parts)
    if channels is None:
        return None
    value, size = channels
    square = graph.inner(value, "Mul", "Pow")
    if square is None or square.input[0] != x:
        return None
    is_square = square.input[1] == x if square.op_type == "Mul" else graph.number(square) == (x, 2)
    if not is_square:
        return None
    parts.append(square)
    made = onnx().helper.make_node("LRN", [x], div.output, name=div.name, size=size, **words)
    return made, parts


def _mean_over_channels(graph: _Graph, value: str, parts: list[Any]) -> tuple[str, int] | None:
    """What is averaged along the second axis, and over how many, in front of `value`.

    parts  the nodes between are added to these
    """
    value = _without_shapes(graph, value, parts)
    pool = graph.inner(value, "AveragePool")
    words = {one.name: _attribute(one) for one in pool.attribute} if pool is not None else {}
    kernel = words.get("kernel_shape") or [0]
    size = int(kernel[0])
    is_plain = all(set(words.get(name) or [1]) == {1} for name in ("strides", "dilations"))
    if size % 2 == 0 or set(kernel[1:]) != {1} or not is_plain or any(words.get("pads") or []):
        return None
    pad = graph.inner(pool.input[0], "Pad")
    around = graph.constant(pad.input[1]) if pad is not None and len(pad.input) > 1 else None
    filled = graph.constant(pad.input[2]) if pad is not None and len(pad.input) > 2 else None
    axes = len(kernel) + 2
    wanted = np.zeros((2, axes), int)
    wanted[:, 2] = size // 2
    if pad is None or around is None or around.reshape(-1).tolist() != wanted.reshape(-1).tolist():
        return None
    if any(_attribute(one) != b"constant" for one in pad.attribute if one.name == "mode"):
        return None
    volume = graph.inner(pad.input[0], "Reshape", "Unsqueeze")
    if (filled is not None and filled.any()) or volume is None:
        return None
    stated = graph.constant(volume.input[1]) if len(volume.input) > 1 else None
    if stated is None or not _keeps_channels(volume.op_type, stated.reshape(-1).tolist(), axes):
        return None
    parts += [pool, pad, volume]
    return volume.input[0], size


def _keeps_channels(op_type: str, stated: list[int], axes: int) -> bool:
    """Whether an axis of length 1 is put in front of the channels."""
    if op_type == "Unsqueeze":
        return stated == [1]
    return len(stated) == axes and stated[1] == 1 and stated[2] != -1


def _without_shapes(graph: _Graph, value: str, parts: list[Any]) -> str:
    while (node := graph.inner(value, *_SHAPES)) is not None:
        parts.append(node)
        value = node.input[0]
    return value


def _attribute(one: Any) -> Any:
    return onnx().helper.get_attribute_value(one)

"""Nodes that change nothing, and constants."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.node_reader import NodeReader
from blobnet.exchange.onnx.reader_register import reads
from blobnet.exchange.onnx.readers.choosing import mask_as_floats

_WHOLE = (6, 7)
_FLOATS = (1, 10, 11)  # of TensorProto: blobs are float32, whichever it was


@reads("Identity", "Dropout")
def identity(node: NodeReader) -> None:
    node.give(node.blob())


@reads("Cast")
def cast(node: NodeReader) -> None:
    """To floats nothing: whole numbers are there as floats. To whole numbers what an Embed does."""
    to = node.attributes.get("to")
    if to not in (*_FLOATS, *_WHOLE):
        raise node.error("blobs are floats, and stay floats", got=to)
    if node.inputs[0] in node.values.masks:
        mask_as_floats(node)
        return
    blob = node.any_blob()
    node.give(blob)
    if to in _WHOLE:
        node.values.whole.add(node.outputs[0])


@reads("Constant")
def constant(node: NodeReader) -> None:
    for name, value in node.attributes.items():
        if name == "value":
            node.give_constant(value)
        elif name in ("value_float", "value_floats"):
            node.give_constant(np.array(value, np.float32))
        elif name in ("value_int", "value_ints"):
            node.give_constant(np.array(value, np.int64))


@reads("Shape")
def shape(node: NodeReader) -> None:
    """Known, as the net has shapes."""
    start, end = node.attributes.get("start", 0), node.attributes.get("end")
    node.give_constant(np.array(node.shape()[start:end], np.int64))

"""Layers of forks that read and write sequences."""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.exchange.onnx.writers.recurrent import lstm_unit_nodes
from blobnet.layers.sequence.continuation_indicator import ContinuationIndicator
from blobnet.layers.sequence.ctc_greedy_decoder import CTCGreedyDecoder
from blobnet.layers.sequence.lstm import Lstm


@writes(Lstm)
def lstm(nodes: LayerNodes) -> str:
    """ONNX's own where all sequences begin in the first timestep; else timestep by timestep."""
    layer = nodes.layer
    T, N, D = layer._T, layer._N, layer._D
    shape = nodes.ints(T, -1, layer._I, name="steps")
    if nodes.param.lstm_param.HasField("batch_size"):
        shape = nodes.ints(-1, N, layer._I, name="steps")
    x = nodes.op("Reshape", nodes.bottoms[0], shape)
    made = _by_timestep(nodes, x) if len(nodes.bottoms) > 1 else _at_once(nodes, x)
    if len(nodes.top_shapes[0]) == 3:
        return made
    return nodes.op("Reshape", made, nodes.ints(-1, D, name="rows"))


def _at_once(nodes: LayerNodes, x: str) -> str:
    """All timesteps in one node. Its gates are i, o, f, g, those of the layer i, f, o, g."""
    D = nodes.layer._D
    order = np.concatenate([np.arange(D) + k * D for k in (0, 2, 1, 3)])
    W_x, W_h, b = (blob.data[order][None] for blob in nodes.base.blobs_)
    bias = np.concatenate([b, np.zeros_like(b)], axis=1)
    weights = [nodes.array(w, name) for w, name in ((W_x, "W"), (W_h, "R"), (bias, "B"))]
    y = nodes.op("LSTM", x, *weights, hidden_size=D)
    return nodes.op("Squeeze", y, nodes.ints(1, name="axes"))


def _by_timestep(nodes: LayerNodes, x: str) -> str:
    layer = nodes.layer
    T, N = layer._T, layer._N
    known = nodes.op("MatMul", x, nodes.op("Transpose", nodes.weight(0), perm=[1, 0]))
    known = nodes.op("Add", known, nodes.weight(2))
    clip = nodes.op("Reshape", nodes.bottoms[1], nodes.ints(T, N, 1, name="steps"))
    is_start = nodes.op("Equal", clip, nodes.array(0, "start"))
    goes_on = nodes.cast(nodes.op("Not", is_start), "FLOAT")
    W_h = nodes.op("Transpose", nodes.weight(1), perm=[1, 0])
    h = c = None
    outputs = []
    for gates, cont in zip(_steps(nodes, known, T), _steps(nodes, goes_on, T), strict=True):
        if h is not None:
            gates = nodes.op("Add", gates, nodes.op("MatMul", nodes.op("Mul", h, cont), W_h))
        h, c = lstm_unit_nodes(nodes, gates, cont, c)
        outputs.append(nodes.op("Unsqueeze", h, nodes.ints(0, name="axes")))
    return outputs[0] if T == 1 else nodes.op("Concat", *outputs, axis=0)


def _steps(nodes: LayerNodes, value: str, steps: int) -> list[str]:
    """What a value has in each timestep."""
    parts = [value]
    if steps > 1:
        parts = nodes.ops("Split", [value, nodes.ints(*[1] * steps, name="lengths")], steps, axis=0)
    axis = nodes.ints(0, name="axes")
    return [nodes.op("Squeeze", part, axis) for part in parts]


@writes(ContinuationIndicator)
def continuation_indicator(nodes: LayerNodes) -> list[str]:
    return nodes.computed()


@writes(CTCGreedyDecoder)
def ctc_greedy_decoder(nodes: LayerNodes) -> list[str]:
    """Letters that are read go to the front of a row, in their order: TopK of equals keeps it."""
    layer = nodes.layer
    if layer._accuracy_index or layer._has_rows:
        raise ExportError("the accuracy is a score: take the texts and its top out")
    steps, num, classes = nodes.bottom_shapes[0][:3]
    x = nodes.op("Reshape", nodes.bottoms[0], nodes.ints(steps, num, classes, name="steps"))
    counts = _counted(nodes, steps, num)
    best = nodes.op("ArgMax", x, axis=2, keepdims=0)
    is_read = nodes.op("Not", nodes.op("Equal", best, nodes.ints(layer._blank, name="blank")))
    if counts:
        is_read = nodes.op("And", counts, is_read)
    if nodes.param.ctc_decoder_param.ctc_merge_repeated:
        before = nodes.op("Pad", best, nodes.ints(1, 0, -1, 0, name="pads"), nodes.scalar(-1))
        is_read = nodes.op("And", is_read, nodes.op("Not", nodes.op("Equal", best, before)))
    flags = nodes.cast(is_read, "FLOAT")
    _, order = nodes.ops("TopK", [flags, nodes.ints(steps, name="all")], 2, axis=0)
    letters = nodes.op("Where", is_read, best, nodes.scalar(-1))
    read = nodes.cast(nodes.op("GatherElements", letters, order, axis=0), "FLOAT")
    made = [nodes.expanded(nodes.op("Transpose", read, perm=[1, 0]), 2)]
    if layer._has_score:
        highest = nodes.op("ReduceMax", x, axes=[2], keepdims=0)
        zero = nodes.array(0, "zero")
        counted = nodes.op("Where", counts, highest, zero) if counts else highest
        total = nodes.op("ReduceSum", counted, nodes.ints(0, name="axes"), keepdims=0)
        made.append(nodes.expanded(nodes.op("Neg", total), 3))
    return made


def _counted(nodes: LayerNodes, steps: int, num: int) -> str | None:
    """Which steps count: those before a sequence ends; None where all do."""
    if len(nodes.bottoms) == 1:
        return None
    marks = nodes.op("Reshape", nodes.bottoms[1], nodes.ints(steps, num, name="marks"))
    ends = nodes.cast(nodes.op("Equal", marks, nodes.array(0, "end")), "FLOAT")
    later = np.ones((steps, 1), np.float32)
    later[0] = 0  # a sequence does not end before its first step
    ends = nodes.op("CumSum", nodes.op("Mul", ends, nodes.array(later, "later")), nodes.scalar(0))
    return nodes.op("Equal", ends, nodes.array(0, "none"))

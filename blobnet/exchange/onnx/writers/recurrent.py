"""Recurrent layers, timestep by timestep: ONNX's own LSTM cannot begin anew where `cont` is 0.

Without `expose_hidden` Caffe's states go on from one forward to the next. A model has no such
memory: its first states are 0, as after a `cont` of 0 in the first timestep.
"""

from __future__ import annotations

import numpy as np

from blobnet.exchange.onnx.layer_nodes import LayerNodes
from blobnet.exchange.onnx.register import ExportError, writes
from blobnet.layers.recurrent.lstm import LSTM
from blobnet.layers.recurrent.lstm_unit import LSTMUnit
from blobnet.layers.recurrent.rnn import RNN


@writes(LSTM)
def lstm(nodes: LayerNodes) -> list[str]:
    recurrence = _Recurrence(nodes, states=2)
    outputs = []
    for t in range(recurrence.T):
        gates = recurrence.sums(t)
        h, c = lstm_unit_nodes(nodes, gates, recurrence.cont[t], recurrence.states[1])
        recurrence.states = [h, c]
        outputs.append(h)
    return [recurrence.stacked(outputs), *recurrence.exposed()]


@writes(RNN)
def rnn(nodes: LayerNodes) -> list[str]:
    types = nodes.param.rnn_param
    if {types.recurrent_nonlinearity, types.output_nonlinearity} != {"TanH"}:
        raise ExportError("other nonlinearities than TanH have no writer yet")
    recurrence = _Recurrence(nodes, states=1)
    hidden = []
    for t in range(recurrence.T):
        h = nodes.op("Tanh", recurrence.sums(t))
        recurrence.states = [h]
        hidden.append(h)
    weights = len(nodes.base.blobs_)
    W_ho = nodes.op("Transpose", nodes.weight(weights - 2), perm=[1, 0])
    product = nodes.op("MatMul", recurrence.stacked(hidden), W_ho)
    output = nodes.op("Tanh", nodes.op("Add", product, nodes.weight(weights - 1)))
    return [output, *recurrence.exposed()]


@writes(LSTMUnit)
def lstm_unit(nodes: LayerNodes) -> list[str]:
    c_prev, gates, cont = nodes.bottoms
    h, c = lstm_unit_nodes(nodes, gates, nodes.expanded(cont, 1), c_prev, axis=2)
    return [c, h]


class _Recurrence:
    """What all timesteps have in common: the sums of what is known before, states, `cont`.

    states  the values of h and, for an LSTM, c; None in the first timestep without `expose_hidden`
    """

    def __init__(self, nodes: LayerNodes, states: int) -> None:
        self.nodes = nodes
        self._is_exposed = nodes.param.recurrent_param.expose_hidden
        given = nodes.bottoms[len(nodes.bottoms) - states :] if self._is_exposed else []
        self._has_static = len(nodes.bottoms) - len(given) == 3
        self.T = nodes.bottom_shapes[0][0]
        self.cont = [nodes.expanded(one, 1) for one in self._timesteps(nodes.bottoms[1])]
        self._known = self._timesteps(self._sums_of_inputs())
        weight = nodes.weight(3 if self._has_static else 2)
        self._weight = nodes.op("Transpose", weight, perm=[1, 0])
        self.states: list[str | None] = [None] * states
        if given:
            self.states = [nodes.op("Squeeze", one, self._first_axis()) for one in given]

    def sums(self, t: int) -> str:
        """W_x x + b + W_h (cont h) of a timestep: (N, ...)."""
        h = self.states[0]
        if h is None:
            return self._known[t]
        going_on = self.nodes.op("Mul", h, self.cont[t])
        return self.nodes.op("Add", self._known[t], self.nodes.op("MatMul", going_on, self._weight))

    def stacked(self, values: list[str]) -> str:
        """(T, N, D)."""
        rows = [self.nodes.op("Unsqueeze", one, self._first_axis()) for one in values]
        return rows[0] if len(rows) == 1 else self.nodes.op("Concat", *rows, axis=0)

    def exposed(self) -> list[str]:
        """The last states as (1, N, D), where they are tops."""
        if not self._is_exposed:
            return []
        last = [one for one in self.states if one is not None]
        return [self.nodes.op("Unsqueeze", one, self._first_axis()) for one in last]

    def _sums_of_inputs(self) -> str:
        """(T, N, ...): what of the sums does not depend on states."""
        nodes = self.nodes
        flat = nodes.op("Reshape", nodes.bottoms[0], nodes.ints(0, 0, -1, name="shape"))
        made = nodes.op("MatMul", flat, nodes.op("Transpose", nodes.weight(0), perm=[1, 0]))
        made = nodes.op("Add", made, nodes.weight(1))
        forget = nodes.param.recurrent_param.forget_bias
        if forget and nodes.layer.type == "LSTM":
            cells = nodes.param.recurrent_param.num_output
            made = nodes.op("Add", made, nodes.array(np.repeat([0, forget, 0, 0], cells), "forget"))
        if not self._has_static:
            return made
        static = nodes.op("Flatten", nodes.bottoms[2], axis=1)
        of_static = nodes.op("Gemm", static, nodes.weight(2), transB=1)
        return nodes.op("Add", made, of_static)

    def _timesteps(self, value: str) -> list[str]:
        """One value for each index of the first axis."""
        nodes = self.nodes
        parts = [value]
        if self.T > 1:
            lengths = nodes.ints(*[1] * self.T, name="lengths")
            parts = nodes.ops("Split", [value, lengths], self.T, axis=0)
        return [nodes.op("Squeeze", part, self._first_axis()) for part in parts]

    def _first_axis(self) -> str:
        return self.nodes.ints(0, name="axis")


def lstm_unit_nodes(
    nodes: LayerNodes, gates: str, cont: str, c_prev: str | None, axis: int = 1
) -> tuple[str, str]:
    """h and c: c = cont f c_prev + i g and h = o tanh(c), of the gates' inputs."""
    width = nodes.top_shapes[0][-1]
    parts = nodes.ops("Split", [gates, nodes.ints(*[width] * 4, name="lengths")], 4, axis=axis)
    i, f, o = (nodes.op("Sigmoid", part) for part in parts[:3])
    c = nodes.op("Mul", i, nodes.op("Tanh", parts[3]))
    if c_prev is not None:
        forgotten = nodes.op("Mul", nodes.op("Mul", f, cont), c_prev)
        c = nodes.op("Add", forgotten, c)
    return nodes.op("Mul", o, nodes.op("Tanh", c)), c

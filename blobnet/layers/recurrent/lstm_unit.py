"""LSTMUnit: one timestep of a long short-term memory, without its weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.lstm import lstm_unit, lstm_unit_backward
from blobnet.ops.workspace import scratch
from blobnet.types import Array


@register_layer("LSTMUnit")
class LSTMUnit(Layer):
    """One step of an LSTM.

    bottom[0]  c_prev: (1, N, D)  the cells before this timestep, of N independent streams
    bottom[1]  x: (1, N, 4 * D)   the gates' inputs: D values for i, then D for f, o and g
    bottom[2]  cont: (1, N)       0 where a sequence starts, and c_prev does not count; else 1
    top[0]     c: (1, N, D)
    top[1]     h: (1, N, D)

    i, f, o = sigmoid(x) and g = tanh(x), each of its own part of x.

    Proto: none.  Caffe: lstm_unit_layer.cpp.
    """

    formula = "One step of an LSTM: c = cont * f * c_prev + i * g,  h = o * tanh(c)."
    gradient_formula = (
        "dc_prev = s * cont * f,  dx = s * g * i * (1 - i), "
        "s * c_prev * cont * f * (1 - cont * f),  dh * tanh(c) * o * (1 - o)  and  "
        "s * i * (1 - g^2), part by part, where s = dc + dh * o * (1 - tanh(c)^2). The second is "
        "what Caffe has on a CPU: the derivative where cont is 0 or 1, not in between. None for "
        "cont."
    )

    exact_num_bottom_blobs = 3
    exact_num_top_blobs = 2
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._gates: Array = np.empty(0, self.dtype)
        self._tanh_c: Array = np.empty(0, self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        c_prev, x, cont = (blob.shape for blob in bottom)
        if len(c_prev) != 3 or c_prev[0] != 1:
            raise self.error(
                "bottom[0] must hold the cells of one timestep",
                expected="shape (1, N, D): N streams, D cells",
                got=f"shape {c_prev}",
            )
        _, N, D = c_prev
        for index, shape, expected in ((1, x, (1, N, 4 * D)), (2, cont, (1, N))):
            if shape != expected:
                raise self.error(
                    f"bottom[{index}] does not fit the cells in bottom[0], of shape {c_prev}",
                    expected=f"shape {expected}",
                    got=f"shape {shape}",
                )
        for blob in top:
            blob.reshape(c_prev)
        if self._tanh_c.shape != c_prev:
            self._gates = np.empty(x, self.dtype)
            self._tanh_c = np.empty(c_prev, self.dtype)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        c_prev, x, cont = (blob.data for blob in bottom)
        c, h = (blob.data for blob in top)
        lstm_unit(x, c_prev, cont[..., None], self._gates, c, self._tanh_c, h)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[2]:
            raise self.error(
                "Cannot backpropagate to sequence indicators.",
                fix="write `propagate_down` three times: true, true, false",
            )
        if not (propagate_down[0] or propagate_down[1]):
            return
        dc_prev, dx = (
            blob.diff if wanted else scratch(f"lstm diff {index}", blob.shape, self.dtype)
            for index, (blob, wanted) in enumerate(zip(bottom[:2], propagate_down, strict=False))
        )
        lstm_unit_backward(
            self._gates,
            bottom[0].data,
            self._tanh_c,
            dc=top[0].diff,
            dh=top[1].diff,
            dx=dx,
            dc_prev=dc_prev,
        )

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index != 2  # where sequences start has no gradient

"""LSTM: a long short-term memory, over all timesteps of a batch of sequences."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.recurrent._recurrent import Recurrent
from blobnet.ops.lstm import lstm_unit, lstm_unit_backward
from blobnet.types import Array


@register_layer("LSTM")
class LSTM(Recurrent):
    """Long short-term memory, T timesteps of N independent streams, D = `num_output`.

    bottom[0]  x: (T, N, ...)           I values per item, from axis 2 on
    bottom[1]  cont: (T, N)             0 where a sequence starts, 1 where it goes on
    bottom[2]  x_static: (N, ...)       may be left out: S values per stream, for every timestep
    bottom[-2], bottom[-1]  h_0, c_0: (1, N, D)   only with `expose_hidden`: the first states
    top[0]     h: (T, N, D)
    top[1], top[2]  h_T, c_T: (1, N, D)           only with `expose_hidden`: the last states
    blobs_[0]  W_xc: (4 * D, I)         its rows are for i, then f, o and g
    blobs_[1]  b_c: (4 * D,)
    blobs_[2]  W_xc_static: (4 * D, S)  only with x_static
    blobs_[-1] W_hc: (4 * D, D)

    In each timestep, with h' and c' from the one before:
    i, f, o, g = W_xc @ x + b_c [+ W_xc_static @ x_static] + W_hc @ (cont * h'),
    sigmoid of i, f and o, tanh of g; then c = cont * f * c' + i * g and h = o * tanh(c).

    T is fixed when the net is made, N may change. Without `expose_hidden` the states carry over
    from one forward to the next, which is why the first cont of a new sequence must be 0.
    `debug_info` logs the sizes of each timestep's values. `forget_bias`, of Synopsys' fork in 2019,
    is added to f before its sigmoid.

    Proto: RecurrentParameter.  Caffe: lstm_layer.cpp, recurrent_layer.cpp.
    """

    formula = (
        "i, f, o, g = W_xc @ x + b_c + W_hc @ h', sigmoid of i, f, o, tanh of g;  "
        "c = f * c' + i * g,  h = o * tanh(c)"
    )
    gradient_formula = (
        "backward through all timesteps of the batch, never into the batch before. None for "
        "cont; that of f as in LSTMUnit. As in Caffe, exposed states pass values on but no "
        "gradients: those of h_T and c_T do not count, those of h_0 and c_0 are 0."
    )

    state_names = ("h", "c")
    sums_per_value = 4
    inner_names = ("gate_input", "gate_input", "unit")
    backward_reads_top = False

    def allocate(self, num_streams: int) -> None:
        super().allocate(num_streams)
        self._forget_bias = self.layer_param_.recurrent_param.forget_bias
        self._tanh_c: Array = np.empty((self._T, num_streams, self._D), self.dtype)

    def step(self, t: int, cont: Array) -> None:
        h, c = self._states
        gates = self._sums[t]  # the sums are not needed again
        if self._forget_bias:
            gates[:, self._D : 2 * self._D] += self._forget_bias
        lstm_unit(gates, c[t], cont, gates, c[t + 1], self._tanh_c[t], h[t + 1])

    def step_backward(self, t: int, d_states: Array, d_sums: Array) -> None:
        c = self._states[1]
        dh, dc = d_states
        lstm_unit_backward(self._sums[t], c[t], self._tanh_c[t], dc, dh, dx=d_sums, dc_prev=dc)

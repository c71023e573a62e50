"""RNN: a plain recurrent network, over all timesteps of a batch of sequences."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.recurrent._recurrent import Recurrent, rows
from blobnet.ops.product import matmul
from blobnet.ops.workspace import scratch
from blobnet.types import Array


@register_layer("RNN")
class RNN(Recurrent):
    """Recurrent network, T timesteps of N independent streams, D = `num_output`.

    bottom[0]  x: (T, N, ...)       I values per item, from axis 2 on
    bottom[1]  cont: (T, N)         0 where a sequence starts, 1 where it goes on
    bottom[2]  x_static: (N, ...)   may be left out: S values per stream, for every timestep
    bottom[-1] h_0: (1, N, D)       only with `expose_hidden`: the first hidden values
    top[0]     o: (T, N, D)
    top[1]     h_T: (1, N, D)       only with `expose_hidden`: the last hidden values
    blobs_[0]  W_xh: (D, I)
    blobs_[1]  b_h: (D,)
    blobs_[2]  W_xh_static: (D, S)  only with x_static
    blobs_[-3] W_hh: (D, D)
    blobs_[-2] W_ho: (D, D)
    blobs_[-1] b_o: (D,)

    In each timestep, with h' from the one before:
    h = tanh(W_xh @ x + b_h [+ W_xh_static @ x_static] + W_hh @ (cont * h')),
    o = tanh(W_ho @ h + b_o).

    T is fixed when the net is made, N may change. Without `expose_hidden` the hidden values
    carry over from one forward to the next, which is why the first cont of a new sequence must
    be 0. `debug_info` logs the sizes of each timestep's values.

    Proto: RecurrentParameter.  Caffe: rnn_layer.cpp, recurrent_layer.cpp.
    """

    formula = "h = tanh(W_xh @ x + b_h + W_hh @ h'),  o = tanh(W_ho @ h + b_o)"
    gradient_formula = (
        "backward through all timesteps of the batch, never into the batch before. None for "
        "cont. As in Caffe, exposed hidden values pass on without gradients: that of h_T does "
        "not count, that of h_0 is 0."
    )

    state_names = ("h",)
    sums_per_value = 1
    inner_names = ("h_input_sum", "h_neuron_input", "h_neuron")
    backward_reads_top = False

    def init_blobs(self) -> None:
        super().init_blobs()
        param = self.layer_param_.recurrent_param
        self.init_blob(self._hidden + 1, (self._D, self._D), param.weight_filler)
        self.init_blob(self._hidden + 2, (self._D,), param.bias_filler)

    def step(self, t: int, cont: Array) -> None:
        np.tanh(self._sums[t], out=self._states[0, t + 1])

    def step_backward(self, t: int, d_states: Array, d_sums: Array) -> None:
        _tanh_backward(d_states[0], self._states[0, t + 1], out=d_sums)

    def output(self, out: Array) -> None:
        o = rows(self._sums)  # no longer needed as sums; a copy, as `out` may be overwritten
        W_ho, b_o = self.blobs_[self._hidden + 1 :]
        matmul(rows(self._states[0, 1:]), W_ho.data.T, out=o)
        o += b_o.data
        np.tanh(o, out=o)
        out[...] = self._sums

    def output_backward(self, dy: Array) -> Array:
        first = self._hidden + 1
        d_products = scratch("output diffs", dy.shape, self.dtype)
        _tanh_backward(dy, self._sums, out=d_products)
        self.add_weight_diff(first, rows(d_products), rows(self._states[0, 1:]))
        if self.param_propagate_down_[first + 1]:
            self.blobs_[first + 1].diff += rows(d_products).sum(axis=0)
        d_h = scratch("hidden diffs", dy.shape, self.dtype)
        matmul(rows(d_products), self.blobs_[first].data, out=rows(d_h))
        return d_h


def _tanh_backward(dy: Array, y: Array, out: Array) -> None:
    """out = dy * (1 - y * y)"""
    np.multiply(y, y, out=out)
    np.subtract(1, out, out=out)
    out *= dy

"""RNN: a plain recurrent network, over all timesteps of a batch of sequences."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.recurrent._recurrent import Recurrent, rows
from blobnet.layers.recurrent._steps import Steps
from blobnet.ops.product import matmul
from blobnet.ops.workspace import scratch
from blobnet.types import Array, Shape


@register_layer("RNN")
class RNN(Recurrent):
    """Recurrent network, T timesteps of N independent streams, D hidden values, O = `num_output`.

    bottom[0]  x: (T, N, ...)       I values per item, from axis 2 on
    bottom[1]  cont: (T, N)         0 where a sequence starts, 1 where it goes on
    bottom[2]  x_static: (N, ...)   may be left out: S values per stream, for every timestep
    bottom[-1] h_0: (1, N, D)       only with `expose_hidden`: the first hidden values
    top[0]     o: (T, N, O)
    top[1]     h_T: (1, N, D)       only with `expose_hidden`: the last hidden values
    blobs_[0]  W_xh: (D, I)
    blobs_[1]  b_h: (D,)
    blobs_[2]  W_xh_static: (D, S)  only with x_static
    blobs_[-3] W_hh: (D, D)
    blobs_[-2] W_ho: (O, D)
    blobs_[-1] b_o: (O,)

    In each timestep, with h' from the one before:
    h = tanh(W_xh @ x + b_h [+ W_xh_static @ x_static] + W_hh @ (cont * h')),
    o = tanh(W_ho @ h + b_o).

    T is fixed when the net is made, N may change. Without `expose_hidden` the hidden values
    carry over from one forward to the next, which is why the first cont of a new sequence must
    be 0. `debug_info` logs the sizes of each timestep's values.

    D is O unless `rnn_param` states another `num_hidden`. It may state types of layers, too, in
    place of both TanH: `recurrent_nonlinearity` for h, `output_nonlinearity` for o, each of which
    sees one timestep, (1, N, D) or (1, N, O); what the latter makes of it is joined along axis 0,
    (T, N O) for Flatten.

    Proto: RecurrentParameter, RNNParameter.  Caffe: rnn_layer.cpp, recurrent_layer.cpp, also those
    of cbfinn/caffe.
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

    @property
    def num_hidden(self) -> int:
        stated = self.layer_param_.rnn_param.num_hidden
        return stated or self.layer_param_.recurrent_param.num_output

    def init_blobs(self) -> None:
        super().init_blobs()
        param, types = self.layer_param_.recurrent_param, self.layer_param_.rnn_param
        self._O = param.num_output
        self.init_blob(self._hidden + 1, (self._O, self._D), param.weight_filler)
        self.init_blob(self._hidden + 2, (self._O,), param.bias_filler)
        self._of_states = self._steps(types.recurrent_nonlinearity)  # None: the hyperbolic tangent
        self._of_output = self._steps(types.output_nonlinearity)

    def allocate(self, num_streams: int) -> None:
        super().allocate(num_streams)
        shape = (self._T, num_streams, self._O)
        self._products: Array = np.empty(shape, self.dtype)  # then what is put out, unless by Steps

    def output_shape(self, num_streams: int) -> Shape:
        hidden = (1, num_streams, self._D)
        if self._of_states is not None and (shape := self._of_states.reshape(hidden)) != hidden:
            raise self.error(
                "recurrent_nonlinearity must keep the shape of hidden values",
                expected=f"a layer type that makes {hidden} of it",
                got=f"{shape} of {self.layer_param_.rnn_param.recurrent_nonlinearity}",
            )
        if self._of_output is None:
            return (self._T, num_streams, self._O)
        shape = self._of_output.reshape((1, num_streams, self._O))
        return (self._T * shape[0], *shape[1:])

    def step(self, t: int, cont: Array) -> None:
        if self._of_states is not None:
            self._states[0, t + 1] = self._of_states.forward(t, self._sums[t])[0]
        else:
            np.tanh(self._sums[t], out=self._states[0, t + 1])

    def step_backward(self, t: int, d_states: Array, d_sums: Array) -> None:
        if self._of_states is not None:
            d_sums[...] = self._of_states.backward(t, d_states[0])[0]
        else:
            _tanh_backward(d_states[0], self._states[0, t + 1], out=d_sums)

    def output(self, out: Array) -> None:
        o = rows(self._products)  # a copy, as `out` may be overwritten
        W_ho, b_o = self.blobs_[self._hidden + 1 :]
        matmul(rows(self._states[0, 1:]), W_ho.data.T, out=o)
        o += b_o.data
        if self._of_output is None:
            np.tanh(o, out=o)
            out[...] = self._products
            return
        for t, part in enumerate(self._by_timestep(out)):
            part[...] = self._of_output.forward(t, self._products[t])

    def output_backward(self, dy: Array) -> Array:
        first = self._hidden + 1
        d_products = scratch("output diffs", self._products.shape, self.dtype)
        if self._of_output is None:
            _tanh_backward(dy, self._products, out=d_products)
        else:
            for t, part in enumerate(self._by_timestep(dy)):
                d_products[t] = self._of_output.backward(t, part)[0]
        self.add_weight_diff(first, rows(d_products), rows(self._states[0, 1:]))
        if self.param_propagate_down_[first + 1]:
            self.blobs_[first + 1].diff += rows(d_products).sum(axis=0)
        d_h = scratch("hidden diffs", self._states[0, 1:].shape, self.dtype)
        matmul(rows(d_products), self.blobs_[first].data, out=rows(d_h))
        return d_h

    def _steps(self, type_name: str) -> Steps | None:
        return None if type_name == "TanH" else Steps(self, type_name, self._T)

    def _by_timestep(self, values: Array) -> Array:
        """What is joined along axis 0, with an axis for the timesteps before it."""
        return values.reshape(self._T, len(values) // self._T, *values.shape[1:])


def _tanh_backward(dy: Array, y: Array, out: Array) -> None:
    """out = dy * (1 - y * y)"""
    np.multiply(y, y, out=out)
    np.subtract(1, out, out=out)
    out *= dy

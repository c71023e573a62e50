"""Embed: a row of a table for each number, such as a vector for each word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.errors import LayerError
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.rows import Indices, add_rows, take_rows
from blobnet.types import Array


@register_layer("Embed")
class Embed(Layer):
    """Table of learned rows.

    bottom[0]  x: any shape    row numbers from 0 to K - 1; K = `input_dim`; fractions are cut off
    top[0]     y: (..., N)     the bottom's shape, then N = `num_output`
    blobs_[0]  W: (K, N)
    blobs_[1]  b: (N,)         absent when `bias_term` is false

    Proto: EmbedParameter.  Caffe: embed_layer.cpp.
    """

    formula = "Table of learned rows: y = W[x] + b."
    gradient_formula = "dW[x[i]] += dy[i] for every i,  db += dy summed over all i; none for x."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.embed_param
        self._N, self._K = param.num_output, param.input_dim
        for name in ("num_output", "input_dim"):
            if getattr(param, name) < 1:
                raise self.error(f"EmbedLayer {name} must be positive.", got=getattr(param, name))
        self._has_bias = param.bias_term
        self.init_blob(0, (self._K, self._N), param.weight_filler)
        if self._has_bias:
            self.init_blob(1, (self._N,), param.bias_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape((*bottom[0].shape, self._N))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._indices = self._read_rows(bottom[0])
        y = top[0].data.reshape(-1, self._N)
        take_rows(self.blobs_[0].data, self._indices, out=y)
        if self._has_bias:
            y += self.blobs_[1].data

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            raise self.error(
                "Can't backpropagate to EmbedLayer input.",
                fix="write `propagate_down: false` in this layer",
            )
        dy = top[0].diff.reshape(-1, self._N)
        if self.param_propagate_down_[0]:
            add_rows(dy, self._indices, out=self.blobs_[0].diff)
        if self._has_bias and self.param_propagate_down_[1]:
            self.blobs_[1].diff += dy.sum(axis=0)

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    def _read_rows(self, x: Blob) -> Indices:
        """x as whole numbers in one line. Raises LayerError where one is no row of W."""
        values = x.data.reshape(-1)
        if values.size and not (float(values.min()) > -1 and float(values.max()) < self._K):
            raise self._no_such_row(values, x)  # NaN comes here too: it compares with nothing
        return values.astype(np.intp)

    def _no_such_row(self, values: Array, x: Blob) -> LayerError:
        wrong = np.flatnonzero(~((values > -1) & (values < self._K)))
        position = tuple(int(i) for i in np.unravel_index(wrong[0], x.shape or (1,)))
        more = f" (and {wrong.size - 1} more)" if wrong.size > 1 else ""
        return self.error(
            "a value in bottom[0] is no row of the weights",
            expected=f"a whole number from 0 to {self._K - 1}, as input_dim is {self._K}",
            got=f"{values[wrong[0]]:.9g} at position {position}{more}",
            fix="number the items from 0, or give the layer a larger input_dim",
        )

"""Local: a convolution with other weights at each place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.im2col import col2im, im2col
from blobnet.ops.window import Window
from blobnet.types import Array


@register_layer("Local")
class Local(Layer):
    """Locally connected: a window with weights of its own at each of P places.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, M, *places)      M = `num_output`; places as of Convolution, P of them
    blobs_[0]  W: (M, 1, C * K, P)     K: all taps of the window
    blobs_[1]  b: (1, 1, M, P)         absent when `bias_term` is false

    Gradients of weights are added up over several passes; the fork's overwrite what was there.

    Proto: LocalParameter.  Caffe: local_layer.cpp of happynear/caffe-windows.
    """

    formula = "y[m, p] = sum over what the window sees at p of x * W[m, :, p], + b[m, p]."
    gradient_formula = "dW += dy x,  db += dy, summed over the batch;  dx = W dy where x was seen."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._check_image(bottom)
        param = self.layer_param_.local_param
        if min(param.kernel_size, param.num_output, param.stride) < 1:
            raise self.error(
                "kernel_size, num_output and stride must be at least 1",
                got=f"{param.kernel_size}, {param.num_output}, {param.stride}",
            )
        sizes = ((value,) * 2 for value in (param.kernel_size, param.stride, param.pad, 1))
        self._window = Window(*sizes)
        self._input = bottom[0].shape[1:]
        if min(self._input[1:]) < param.kernel_size:
            raise self.error("height or width smaller than kernel size", got=self._input[1:])
        self._places = self._window.output_size(self._input[1:])
        self._M, self._P = param.num_output, self._places[0] * self._places[1]
        self._K = self._input[0] * param.kernel_size**2
        self._has_bias = param.bias_term
        self.init_blob(0, (self._M, 1, self._K, self._P), param.weight_filler)
        if self._has_bias:
            self.init_blob(1, (1, 1, self._M, self._P), param.bias_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].shape[1:] != self._input:
            raise self.error(
                "Input size incompatible with weights.",
                expected=f"images of shape {self._input}, as each place has its weights",
                got=f"bottom shape {bottom[0].shape}",
            )
        top[0].reshape((bottom[0].shape[0], self._M, *self._places))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        weight = self.blobs_[0].data[:, 0]
        for x, y in zip(bottom[0].data, top[0].data, strict=True):
            out = y.reshape(self._M, self._P)
            np.einsum("kp,mkp->mp", self._columns(x), weight, out=out)
            if self._has_bias:
                out += self.blobs_[1].data[0, 0]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff.reshape(-1, self._M, self._P)
        if self._has_bias and self.param_propagate_down_[1]:
            self.blobs_[1].diff[0, 0] += dy.sum(axis=0)
        weight, dweight = self.blobs_[0].data[:, 0], self.blobs_[0].diff[:, 0]
        for n in range(len(dy)):
            if self.param_propagate_down_[0]:
                columns = self._columns(bottom[0].data[n])
                for m in range(self._M):
                    dweight[m] += columns * dy[n, m]
            if propagate_down[0]:
                seen = np.einsum("mp,mkp->kp", dy[n], weight)
                shape = (self._input[0], *self._window.kernel, *self._places)
                col2im(seen.reshape(shape), self._window, bottom[0].diff[n])

    def multiply_adds(self, bottom: Blobs, top: Blobs) -> int:
        return top[0].count * self._K

    def _check_image(self, bottom: Blobs) -> None:
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )

    def _columns(self, x: Array) -> Array:
        """What the window sees at each place: (C * K, P)."""
        columns = np.empty((self._input[0], *self._window.kernel, *self._places), x.dtype)
        im2col(x, self._window, columns)
        return columns.reshape(self._K, self._P)

"""Mish: the input times the tanh of its softplus."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import SlopeOfInput
from blobnet.ops.sigmoid import sigmoid
from blobnet.ops.workspace import scratch
from blobnet.types import Array


@register_layer("Mish")
class Mish(SlopeOfInput):
    """Self-gated unit of YOLO v4 (Misra, Mish: A Self Regularized Non-Monotonic Activation, 2019).

    bottom[0]  x: any shape
    top[0]     y: the same shape

    May work in place: then a copy of x is saved.
    Proto: none.  Caffe: elementwise_layers.cpp of OpenCV, which reads this type of Caffe's forks.
    """

    formula = "y = x * t with t = tanh(log(1 + exp(x)))."
    gradient_formula = "dx = dy * (t + x * (1 - t * t) / (1 + exp(-x)))."

    def _function(self, x: Array, out: Array) -> None:
        np.multiply(x, self._gate(x), out=out)

    def _slope(self, x: Array) -> Array:
        gate, slope = self._gate(x), scratch("slope", x.shape, self.dtype)
        sigmoid(x, out=slope)
        slope *= x
        slope *= 1 - gate * gate
        slope += gate
        return slope

    def _gate(self, x: Array) -> Array:
        gate = scratch("gate", x.shape, self.dtype)
        np.logaddexp(x, self.dtype.type(0), out=gate)
        np.tanh(gate, out=gate)
        return gate

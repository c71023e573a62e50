"""Mish: the input times the tanh of its softplus."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.ops.sigmoid import sigmoid
from blobnet.ops.workspace import scratch
from blobnet.types import Array


@register_layer("Mish")
class Mish(Elementwise):
    """Self-gated unit of YOLO v4 (Misra, Mish: A Self Regularized Non-Monotonic Activation, 2019).

    bottom[0]  x: any shape
    top[0]     y: the same shape

    May work in place: then a copy of x is saved.
    Proto: none.  Caffe: elementwise_layers.cpp of OpenCV, which reads this type of Caffe's forks.
    """

    formula = "y = x * t with t = tanh(log(1 + exp(x)))."
    gradient_formula = "dx = dy * (t + x * (1 - t * t) / (1 + exp(-x)))."

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input = SavedInput()

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        x = bottom[0].data
        np.multiply(x, self._gate(x), out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = self._saved_input.values(bottom[0], top[0])
        gate, slope = self._gate(x), scratch("slope", x.shape, self.dtype)
        sigmoid(x, out=slope)
        slope *= x
        slope *= 1 - gate * gate
        slope += gate
        np.multiply(top[0].diff, slope, out=bottom[0].diff)

    def _gate(self, x: Array) -> Array:
        gate = scratch("gate", x.shape, self.dtype)
        np.logaddexp(x, self.dtype.type(0), out=gate)
        np.tanh(gate, out=gate)
        return gate

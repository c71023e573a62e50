"""Swish: the input times its sigmoid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.ops.sigmoid import sigmoid
from blobnet.ops.workspace import scratch


@register_layer("Swish")
class Swish(Elementwise):
    """Self-gated unit.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    May work in place: forward keeps s.
    Proto: SwishParameter.  Caffe: swish_layer.cpp.
    """

    formula = "Self-gated unit: y = x * s with s = 1 / (1 + exp(-beta * x))."
    gradient_formula = "dx = dy * (s + beta * y * (1 - s))."

    backward_reads_bottom = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._beta = self.layer_param_.swish_param.beta
        self._gate = Blob(dtype=self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        self._gate.reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, gate = bottom[0].data, self._gate.data
        np.multiply(x, self._beta, out=gate)
        sigmoid(gate, out=gate)
        np.multiply(x, gate, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        gate = self._gate.data
        slope = scratch("slope", gate.shape, self.dtype)
        np.subtract(1, gate, out=slope)
        slope *= top[0].data
        slope *= self._beta
        slope += gate
        np.multiply(top[0].diff, slope, out=bottom[0].diff)

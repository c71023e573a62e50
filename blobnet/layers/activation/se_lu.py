"""SeLu: an ELU whose factors keep mean 0 and variance 1 from layer to layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation.elu import ELU
from blobnet.ops.workspace import scratch


@register_layer("SeLu")
class SeLu(ELU):
    """Scaled exponential linear unit.

    bottom[0]  x: any shape
    top[0]     y: the same shape; near -lambda * alpha where x is far below 0

    May work in place: the gradient is computed from y. (Caffe takes y for x there, which gives
    another gradient.) With an alpha or lambda that is not positive a copy of x is saved.
    Proto: SeLuParameter.  Caffe: selu_layer.cpp of SNN.  Paper: Klambauer et al., NIPS 2017.
    """

    formula = "y = lambda * x where x > 0, lambda * alpha * (exp(x) - 1) elsewhere."
    gradient_formula = "dx = lambda * dy where x > 0, dy * (y + lambda * alpha) elsewhere."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.selu_param
        self._alpha, self._lambda = param.alpha, getattr(param, "lambda")  # Python has that word
        is_plain = self._alpha > 0 and self._lambda > 0
        self._saved_input = None if is_plain else SavedInput()

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = bottom[0].data
        if self._saved_input is not None:
            x = self._saved_input.values(bottom[0], top[0])
        slope = scratch("slope", x.shape, self.dtype)
        np.add(top[0].data, self._lambda * self._alpha, out=slope)
        np.copyto(slope, self._lambda, where=x > 0)
        np.multiply(top[0].diff, slope, out=bottom[0].diff)

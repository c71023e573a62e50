"""BNLL: a smooth rectifier."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import SlopeOfInput
from blobnet.ops.relu import relu
from blobnet.ops.sigmoid import sigmoid
from blobnet.ops.workspace import scratch
from blobnet.types import Array


@register_layer("BNLL")
class BNLL(SlopeOfInput):
    """Binomial normal log likelihood, a smooth rectifier.

    bottom[0]  x: any shape
    top[0]     y: the same shape, values from 0 up

    May work in place, keeping a copy of x. (Caffe keeps none; its gradient is wrong there.)
    Proto: none.  Caffe: bnll_layer.cpp.
    """

    formula = "Binomial normal log likelihood: y = log(1 + exp(x)), near x where x is large."
    gradient_formula = "dx = dy * exp(x) / (1 + exp(x))."

    def _function(self, x: Array, out: Array) -> None:
        positive_part = scratch("positive part", x.shape, self.dtype)
        relu(x, 0, out=positive_part)
        np.absolute(x, out=out)  # max(x, 0) + log(1 + exp(-|x|)): nothing overflows
        np.negative(out, out=out)
        np.exp(out, out=out)
        np.log1p(out, out=out)
        out += positive_part

    def _slope(self, x: Array) -> Array:
        slope = scratch("slope", x.shape, self.dtype)
        # Caffe takes exp of 50 at most, lest it overflow; from there on the slope is 1 either way
        sigmoid(x, out=slope)
        return slope

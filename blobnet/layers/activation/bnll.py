"""BNLL: a smooth rectifier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.ops.relu import relu
from blobnet.ops.sigmoid import sigmoid
from blobnet.ops.workspace import scratch


@register_layer("BNLL")
class BNLL(Elementwise):
    """Binomial normal log likelihood, a smooth rectifier.

    bottom[0]  x: any shape
    top[0]     y: the same shape, values from 0 up

    May work in place, keeping a copy of x. (Caffe keeps none; its gradient is wrong there.)
    Proto: none.  Caffe: bnll_layer.cpp.
    """

    formula = "Binomial normal log likelihood: y = log(1 + exp(x)), near x where x is large."
    gradient_formula = "dx = dy * exp(x) / (1 + exp(x))."

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input = SavedInput()

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        x, y = bottom[0].data, top[0].data
        positive_part = scratch("positive part", x.shape, self.dtype)
        relu(x, 0, out=positive_part)
        np.absolute(x, out=y)  # max(x, 0) + log(1 + exp(-|x|)): nothing overflows
        np.negative(y, out=y)
        np.exp(y, out=y)
        np.log1p(y, out=y)
        y += positive_part

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = self._saved_input.values(bottom[0], top[0])
        slope = scratch("slope", x.shape, self.dtype)
        # Caffe takes exp of 50 at most, lest it overflow; from there on the slope is 1 either way
        sigmoid(x, out=slope)
        np.multiply(top[0].diff, slope, out=bottom[0].diff)

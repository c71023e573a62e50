"""ELU: a rectifier that lets negative values run out smoothly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.ops.relu import relu
from blobnet.ops.workspace import scratch


@register_layer("ELU")
class ELU(Elementwise):
    """Exponential linear unit.

    bottom[0]  x: any shape
    top[0]     y: the same shape; near -alpha where x is far below 0

    NVCaffe multiplies all that by `lambda`, the gradient too: where x is not above 0 that is
    dy * lambda * (y + alpha), which is the derivative for a lambda of 1 alone.

    May work in place: then x is judged by y, which has its sign. (With a negative alpha or lambda
    it has not; Caffe's gradient is wrong there, here a copy of x is saved.)
    Proto: ELUParameter.  Caffe: elu_layer.cpp, also that of NVCaffe (NVIDIA/caffe).
    """

    formula = "Exponential linear unit: y = x where x > 0, alpha * (exp(x) - 1) elsewhere."
    gradient_formula = "dx = dy where x > 0, dy * (y + alpha) elsewhere."

    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.elu_param
        self._alpha, self._lambda = param.alpha, getattr(param, "lambda")  # Python has that word
        self._saved_input = SavedInput() if self._alpha < 0 or self._lambda <= 0 else None

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        if self._saved_input is not None:
            self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        x, y = bottom[0].data, top[0].data
        positive_part = scratch("positive part", x.shape, self.dtype)
        relu(x, 0, out=positive_part)
        np.minimum(x, 0, out=y)
        np.expm1(y, out=y)
        y *= self._alpha
        y += positive_part
        if self._lambda != 1:
            y *= self._lambda

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = bottom[0].data
        if self._saved_input is not None:
            x = self._saved_input.values(bottom[0], top[0])
        slope = scratch("slope", x.shape, self.dtype)
        np.add(top[0].data, self._alpha, out=slope)
        slope *= x <= 0
        slope += x > 0
        if self._lambda != 1:
            slope *= self._lambda
        np.multiply(top[0].diff, slope, out=bottom[0].diff)

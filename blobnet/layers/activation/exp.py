"""Exp: a base, raised to a linear function of the input."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.layers.activation._log_base import log_of_base
from blobnet.ops.overflow import overflow_allowed


@register_layer("Exp")
class Exp(Elementwise):
    """Exponential function.

    bottom[0]  x: any shape
    top[0]     y: the same shape, values above 0

    Computed as base ** shift * exp(log(base) * scale * x). The base is e if stated as -1.

    May work in place.
    Proto: ExpParameter.  Caffe: exp_layer.cpp.
    """

    formula = "Exponential function: y = base ** (shift + scale * x)."
    gradient_formula = "dx = dy * y * log(base) * scale."

    backward_reads_bottom = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.exp_param
        log_base = log_of_base(self, param.base)
        base = np.float64(math.e if param.base == -1 else param.base)
        with overflow_allowed():  # what is too large for the dtype is infinite there
            factors = np.array([log_base * param.scale, base**param.shift]).astype(self.dtype)
        self._inner_scale, self._outer_scale = factors

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        exponent = x if self._inner_scale == 1 else np.multiply(x, self._inner_scale, out=y)
        np.exp(exponent, out=y)
        if self._outer_scale != 1:
            y *= self._outer_scale

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dx = bottom[0].diff
        np.multiply(top[0].diff, top[0].data, out=dx)
        if self._inner_scale != 1:
            dx *= self._inner_scale

"""Log: the logarithm of a linear function of the input."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import SlopeOfInput
from blobnet.layers.activation._log_base import log_of_base
from blobnet.ops.workspace import scratch
from blobnet.types import Array


@register_layer("Log")
class Log(SlopeOfInput):
    """Logarithm.

    bottom[0]  x: any shape
    top[0]     y: the same shape; -inf for the logarithm of 0, NaN for that of a negative number

    The base is e if stated as -1.

    May work in place, keeping a copy of x. (Caffe keeps none; its gradient is wrong there.)
    Proto: LogParameter.  Caffe: log_layer.cpp.
    """

    formula = "Logarithm: y = log(shift + scale * x) / log(base)."
    gradient_formula = "dx = dy * scale / (log(base) * (shift + scale * x))."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.log_param
        log_base = log_of_base(self, param.base)
        if log_base == 0:
            raise self.error(
                "Inf result: 1/log(base) = 1/log(1) = inf",
                expected="another base than 1",
                got="base: 1",
            )
        self._scale, self._shift = param.scale, param.shift
        self._base_scale = 1 / log_base
        self._diff_scale = param.scale / log_base
        super().setup(bottom, top)

    def _function(self, x: Array, out: Array) -> None:
        self._linear(x, out=out)
        np.log(out, out=out)
        if self._base_scale != 1:
            out *= self._base_scale

    def _slope(self, x: Array) -> Array:
        slope = scratch("slope", x.shape, self.dtype)
        self._linear(x, out=slope)
        np.reciprocal(slope, out=slope)
        slope *= self._diff_scale
        return slope

    def _linear(self, x: Array, out: Array) -> None:
        """out = shift + scale * x"""
        np.multiply(x, self._scale, out=out)
        if self._shift:
            out += self._shift

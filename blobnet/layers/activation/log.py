"""Log: the logarithm of a linear function of the input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.layers.activation._log_base import log_of_base
from blobnet.ops.workspace import scratch
from blobnet.types import Array


@register_layer("Log")
class Log(Elementwise):
    """Logarithm.

    bottom[0]  x: any shape
    top[0]     y: the same shape; -inf for the logarithm of 0, NaN for that of a negative number

    The base is e if stated as -1.

    May work in place, keeping a copy of x. (Caffe keeps none; its gradient is wrong there.)
    Proto: LogParameter.  Caffe: log_layer.cpp.
    """

    formula = "Logarithm: y = log(shift + scale * x) / log(base)."
    gradient_formula = "dx = dy * scale / (log(base) * (shift + scale * x))."

    backward_reads_top = False
    works_in_place = True

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
        self._saved_input = SavedInput()

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        y = top[0].data
        self._linear(bottom[0].data, out=y)
        np.log(y, out=y)
        if self._base_scale != 1:
            y *= self._base_scale

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = self._saved_input.values(bottom[0], top[0])
        slope = scratch("slope", x.shape, self.dtype)
        self._linear(x, out=slope)
        np.reciprocal(slope, out=slope)
        slope *= self._diff_scale
        np.multiply(top[0].diff, slope, out=bottom[0].diff)

    def _linear(self, x: Array, out: Array) -> None:
        """out = shift + scale * x"""
        np.multiply(x, self._scale, out=out)
        if self._shift:
            out += self._shift

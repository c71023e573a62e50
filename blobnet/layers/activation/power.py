"""Power: a shifted and scaled input, raised to a power."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.types import Array


@register_layer("Power")
class Power(Elementwise):
    """Power of a linear function.

    bottom[0]  x: any shape
    top[0]     y: the same shape; NaN where a negative number has no such power

    Where power or scale is 0 the input does not count: y = shift ** power, and 1 for power 0.

    May work in place, keeping a copy of x where the gradient needs it. (Caffe keeps none; its
    gradient is wrong there.)
    Proto: PowerParameter.  Caffe: power_layer.cpp.
    """

    formula = "Power of a linear function: y = (shift + scale * x) ** power."
    gradient_formula = (
        "dx = dy * power * scale * y / (shift + scale * x), hence NaN where that is 0 / 0; for "
        "power 2 and power 1 written without the division, and 0 where the input does not count."
    )

    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.power_param
        self._power, self._scale, self._shift = param.power, param.scale, param.shift
        self._diff_scale = param.power * param.scale
        is_linear = self._diff_scale == 0 or param.power == 1
        self._saved_input = None if is_linear else SavedInput()
        self.backward_reads_bottom = not is_linear
        self.backward_reads_top = not is_linear and param.power != 2

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        y = top[0].data
        if self._diff_scale == 0:
            y[...] = np.power(np.float64(self._shift), self._power)  # 1 for power 0
            return
        if self._saved_input is not None:
            self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        self._linear(bottom[0].data, out=y)
        if self._power == 2:
            np.square(y, out=y)
        elif self._power != 1:
            np.power(y, self._power, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dy, dx = top[0].diff, bottom[0].diff
        if self._diff_scale == 0:
            dx[...] = 0
        elif self._saved_input is None:
            np.multiply(dy, self._diff_scale, out=dx)
        else:
            x = self._saved_input.values(bottom[0], top[0])
            np.multiply(dy, self._derivative(x, top[0].data), out=dx)

    def channel_affine(self) -> tuple[Array, Array] | None:
        if self._power != 1 or self._scale == 0:  # where x does not count, nor does its infinity
            return None
        return np.full(1, self._scale), np.full(1, self._shift)

    def _linear(self, x: Array, out: Array) -> None:
        """out = shift + scale * x"""
        np.multiply(x, self._scale, out=out)
        if self._shift:
            out += self._shift

    def _derivative(self, x: Array, y: Array) -> Array:
        """dy / dx, with Caffe's special cases: they decide what comes out at 0."""
        slope = np.empty_like(x)
        if self._power == 2:
            np.multiply(x, self._diff_scale * self._scale, out=slope)
            slope += self._diff_scale * self._shift
        elif self._shift == 0:
            np.divide(y, x, out=slope)
            slope *= self._power
        else:
            self._linear(x, out=slope)
            np.divide(y, slope, out=slope)
            slope *= self._diff_scale
        return slope

"""Reduction: many values become one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.workspace import scratch
from blobnet.proto import ReductionParameter
from blobnet.types import Array

_ASUM, _SUMSQ = ReductionParameter.ASUM, ReductionParameter.SUMSQ


@register_layer("Reduction")
class Reduction(Layer):
    """Sums over all axes from `axis` on.

    bottom[0]  x: any shape with the `axis` (0 unless stated; negative counts from the end)
    top[0]     y: the shape up to `axis`; () for axis 0

    SUM    y = coeff * sum(x)
    ASUM   y = coeff * sum(|x|)
    SUMSQ  y = coeff * sum(x * x)
    MEAN   y = coeff * sum(x) / the number of values summed up; 0 for no values at all

    Proto: ReductionParameter.  Caffe: reduction_layer.cpp.
    """

    formula = "Sums over all axes from `axis` on: one number for each place on the axes before."
    gradient_formula = (
        "SUM dx = coeff * dy;  ASUM dx = coeff * dy * sign(x), 0 at 0; SUMSQ dx = coeff * dy * 2 "
        "x;  MEAN dx = coeff * dy / that number."
    )

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._operation = self.layer_param_.reduction_param.operation
        self.backward_reads_bottom = self._operation in (_ASUM, _SUMSQ)
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.reduction_param
        axis = bottom[0].canonical_axis(param.axis)
        self._num, self._dim = bottom[0].count(0, axis), bottom[0].count(axis)
        self._coeff = param.coeff
        if param.operation == ReductionParameter.MEAN:
            self._coeff /= max(self._dim, 1)
        top[0].reshape(bottom[0].shape[:axis])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = self._rows(bottom[0].data), top[0].data.reshape(self._num)
        if self._operation == _ASUM:
            x = np.abs(x, out=scratch("reduction terms", x.shape, x.dtype))
        elif self._operation == _SUMSQ:
            x = np.square(x, out=scratch("reduction terms", x.shape, x.dtype))
        np.sum(x, axis=1, out=y)
        if self._coeff != 1:
            y *= self._coeff

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x, dx = self._rows(bottom[0].data), self._rows(bottom[0].diff)
        scale = top[0].diff.reshape(self._num, 1) * self._coeff
        if self._operation == _ASUM:
            np.greater(x, 0, out=dx)  # the sign of x, in two steps: that of NaN is 0
            dx -= x < 0
            dx *= scale
        elif self._operation == _SUMSQ:
            np.multiply(x, 2 * scale, out=dx)
        else:
            dx[...] = scale

    def _rows(self, array: Array) -> Array:
        """A bottom's data or diff, one row for each value of the top."""
        rows: Array = array.reshape(self._num, self._dim)
        return rows

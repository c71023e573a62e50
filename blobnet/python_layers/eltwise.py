"""Eltwise of Synopsys' Caffe: two blobs, value by value, the smaller one repeated as by numpy.

Caffe: python/eltwise.py of foss-for-synopsys-dwc-arc-processors/synopsys-caffe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, who, wrong
from blobnet.python_layers._param_str import numbers, settings_of, whole
from blobnet.types import Array, Shape

_Slopes = tuple[Array, Array]
_PROD, _SUM, _MAX, _DIV, _MIN = range(5)


class Eltwise(PythonLayer):
    """A product, sum, maximum, quotient or minimum of two blobs.

    bottom[0]  a: any shape
    bottom[1]  b: any shape that numpy would repeat to that of a, or the reverse
    top[0]     operation 0: a b,  1: coeff[0] a + coeff[1] b,  2: max(a, b),
               3: a / b,  4: min(a, b)

    param_str: `operation`, and for a sum `coeff`. Where a and b are the same, the gradient of max
    and min goes to a. (The repository's has none at all.)
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 1)
        settings = settings_of(self.param_str, who(self))
        self._operation = whole(settings, "operation", who(self), least=0, default=-1)
        if self._operation > _MIN:
            raise wrong(self, "unknown operation", expected="0 to 4", got=self._operation)
        self._coeff = (1.0, 1.0)
        if self._operation == _SUM:
            coeff = numbers(settings, "coeff", (), who(self))
            if len(coeff) != 2:
                raise wrong(self, "a sum has one factor for each bottom", got=list(coeff))
            self._coeff = (coeff[0], coeff[1])

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shapes = [blob.shape for blob in bottom]
        try:
            top[0].reshape(*np.broadcast_shapes(*shapes))
        except ValueError:
            expected = "equal lengths, or 1, axis by axis from the last one"
            raise wrong(self, "shapes do not fit", expected=expected, got=shapes) from None

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        a, b = (blob.data for blob in bottom)
        top[0].data[...] = _OPERATIONS[self._operation](*self._weighted(a, b))

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        a, b = (blob.data for blob in bottom)
        slopes = self._slopes(a, b)
        for blob, wanted, slope in zip(bottom, propagate_down, slopes, strict=True):
            if wanted:
                blob.diff[...] = _summed(top[0].diff * slope, blob.shape)

    def _weighted(self, a: Array, b: Array) -> _Slopes:
        return (self._coeff[0] * a, self._coeff[1] * b) if self._operation == _SUM else (a, b)

    def _slopes(self, a: Array, b: Array) -> _Slopes:
        """dy/da and dy/db."""
        if self._operation == _SUM:
            return np.full((), self._coeff[0], a.dtype), np.full((), self._coeff[1], a.dtype)
        if self._operation == _PROD:
            return b, a
        if self._operation == _DIV:
            return 1 / b, -a / (b * b)
        of_a = a >= b if self._operation == _MAX else a <= b
        return of_a.astype(a.dtype), (~of_a).astype(a.dtype)


_OPERATIONS: dict[int, Callable[[Array, Array], Array]] = {
    _PROD: np.multiply,
    _SUM: np.add,
    _MAX: np.maximum,
    _DIV: np.divide,
    _MIN: np.minimum,
}


def _summed(dy: Array, shape: Shape) -> Array:
    """What a repeated blob of this shape gets: the sum over where each value went."""
    first = dy.ndim - len(shape)
    axes = (*range(first), *(first + i for i, length in enumerate(shape) if length == 1))
    total: Array = dy.sum(axis=axes, keepdims=True)
    return total.reshape(shape)

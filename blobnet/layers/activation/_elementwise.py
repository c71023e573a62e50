"""What layers have in common that compute each value from the one value below it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._saved_input import SavedInput
from blobnet.types import Array


class Elementwise(Layer):
    """One bottom, one top, of the same shape; the top may be the bottom (in place).

    Where a gradient needs the input and the top has overwritten it, a subclass keeps a copy
    with `layers/_saved_input.py`.

    Caffe: neuron_layer.cpp.
    """

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        top[0].reshape_like(bottom[0])


class SlopeOfInput(Elementwise):
    """y = f(x), dx = dy * f'(x): a subclass states f as `_function` and f' as `_slope`.

    May work in place: then a copy of x is saved.
    """

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input = SavedInput()

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        self._function(bottom[0].data, top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = self._saved_input.values(bottom[0], top[0])
            np.multiply(top[0].diff, self._slope(x), out=bottom[0].diff)

    @abstractmethod
    def _function(self, x: Array, out: Array) -> None:
        """out = f(x); `out` may be x."""

    @abstractmethod
    def _slope(self, x: Array) -> Array:
        """f'(x), in another array than x."""

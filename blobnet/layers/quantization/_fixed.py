"""What layers of fixed-point numbers share: their settings, and weights that are rounded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.layer import Layer
from blobnet.ops.fixed_point import (
    by_sigmoid,
    nearest_position,
    overflow_position,
    round_to_fixed,
)
from blobnet.proto import FixedParameter
from blobnet.types import Array

_MOST_BITS = 32
Finder = Callable[[Array, int], int]
"""From values and the number of bits, where the point is to be."""

OF_WEIGHTS: dict[int, Finder] = {
    FixedParameter.OVER_FLOW: overflow_position,
    FixedParameter.DIFF_S: nearest_position,
}
OF_NEURONS: dict[int, Finder] = {
    **OF_WEIGHTS,
    FixedParameter.DIFF_A: nearest_position,
    FixedParameter.DIFF_S_SIGMOID: lambda x, bits: nearest_position(x, bits, 10, by_sigmoid),
}


def checked_method(layer: Layer, methods: dict[int, Finder]) -> Finder:
    """How the layer finds positions. Raises LayerError where its settings make no sense."""
    param = layer.layer_param_.fixed_param
    if not 1 <= param.bit_width <= _MOST_BITS:
        raise layer.error(
            "Bit width must be larger than 0.", expected=f"1 to {_MOST_BITS}", got=param.bit_width
        )
    if param.fixed_method not in methods:
        names = FixedParameter.FixedMethod
        raise layer.error(
            "Unknown fixed method",
            expected=" or ".join(names.Name(number) for number in methods),
            got=names.Name(param.fixed_method),
        )
    return methods[param.fixed_method]


class RoundedWeights:
    """Copies of arrays in as few bits as a layer's `fixed_param` says, each with its own point."""

    def __init__(self, layer: Layer) -> None:
        param = layer.layer_param_.fixed_param
        self._find = checked_method(layer, OF_WEIGHTS)
        self._bits, self._is_enabled = param.bit_width, param.enable

    def write(self, values: Array, out: Array) -> None:
        """out = values, rounded unless `enable` is false."""
        if not self._is_enabled:
            np.copyto(out, values)
            return
        round_to_fixed(values, self._bits, self._find(values, self._bits), out)


class FixedWeights(Layer):
    """A layer whose base runs forward with rounded weights; backward knows nothing of that.

    The weights that are learned, stored and differentiated stay as they are: what they miss by
    being rounded is left to the next step to even out.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        super().setup(bottom, top)
        self._rounded = RoundedWeights(self)
        self._fixed_blobs = [Blob(blob.shape, dtype=self.dtype) for blob in self.blobs_]

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        learned, fixed = self.blobs_, self._fixed_blobs
        for blob, rounded in zip(learned, fixed, strict=True):
            self._rounded.write(blob.data, rounded.data)
        self.blobs_ = fixed
        try:
            super().forward_cpu(bottom, top)
        finally:
            self.blobs_ = learned

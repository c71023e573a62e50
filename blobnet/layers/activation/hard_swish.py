"""HardSwish: the input times a straight line that stands for its sigmoid."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import SlopeOfInput
from blobnet.ops.workspace import scratch
from blobnet.types import Array


@register_layer("HardSwish")
class HardSwish(SlopeOfInput):
    """Self-gated unit of MobileNet v3.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    May work in place: then a copy of x is saved. (The fork has no backward.)
    Proto: none.  Caffe: hard_swish_layer.cpp of Synopsys.
    """

    formula = "y = x * min(max(x + 3, 0), 6) / 6."
    gradient_formula = "dx = dy * (2 x + 3) / 6 where -3 < x < 3, 0 below, dy above."

    def _function(self, x: Array, out: Array) -> None:
        np.multiply(x, self._gate(x), out=out)

    def _slope(self, x: Array) -> Array:
        slope = self._gate(x)
        slope += np.where(np.abs(x) < 3, x, 0) / 6
        return slope

    def _gate(self, x: Array) -> Array:
        gate = scratch("gate", x.shape, self.dtype)
        np.add(x, 3, out=gate)
        np.clip(gate, 0, 6, out=gate)
        gate /= 6
        return gate

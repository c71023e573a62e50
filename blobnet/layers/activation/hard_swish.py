"""HardSwish: the input times a straight line that stands for its sigmoid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise
from blobnet.ops.workspace import scratch
from blobnet.types import Array


@register_layer("HardSwish")
class HardSwish(Elementwise):
    """Self-gated unit of MobileNet v3.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    May work in place: then a copy of x is saved. (The fork has no backward.)
    Proto: none.  Caffe: hard_swish_layer.cpp of Synopsys.
    """

    formula = "y = x * min(max(x + 3, 0), 6) / 6."
    gradient_formula = "dx = dy * (2 x + 3) / 6 where -3 < x < 3, 0 below, dy above."

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input = SavedInput()

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        x = bottom[0].data
        np.multiply(x, self._gate(x), out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = self._saved_input.values(bottom[0], top[0])
        slope = self._gate(x)
        slope += np.where(np.abs(x) < 3, x, 0) / 6
        np.multiply(top[0].diff, slope, out=bottom[0].diff)

    def _gate(self, x: Array) -> Array:
        gate = scratch("gate", x.shape, self.dtype)
        np.add(x, 3, out=gate)
        np.clip(gate, 0, 6, out=gate)
        gate /= 6
        return gate

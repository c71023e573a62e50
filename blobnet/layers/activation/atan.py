"""Atan: the inverse of the tangent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("Atan")
class Atan(Elementwise):
    """The angle, between -pi / 2 and pi / 2, whose tangent is x.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    May work in place: then a copy of x is saved. (The fork has no backward.)
    Proto: none.  Caffe: atan_layer.cpp of Synopsys.
    """

    formula = "y = atan(x)."
    gradient_formula = "dx = dy / (1 + x^2)."

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input = SavedInput()

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        np.arctan(bottom[0].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = self._saved_input.values(bottom[0], top[0])
            np.divide(top[0].diff, 1 + x * x, out=bottom[0].diff)

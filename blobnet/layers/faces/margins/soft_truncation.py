"""SoftTruncation: values that come near to 1, and no further."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("SoftTruncation")
class SoftTruncation(Elementwise):
    """One minus a falling exponential function.

    bottom[0]  x: any shape
    top[0]     y: as x

    May work in place.
    Proto: SoftTruncationParameter.  Caffe: soft_truncation_layer.cpp of happynear/caffe-windows.
    """

    formula = "y = 1 - exp(-x / c)."
    gradient_formula = "dx = dy (1 - y) / c."

    works_in_place = True
    backward_reads_bottom = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._c = self.layer_param_.soft_truncation_param.c
        if self._c == 0:
            raise self.error("c must not be 0", fix="leave it out: it is 2 then")

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        y = top[0].data
        np.divide(bottom[0].data, -self._c, out=y)
        np.exp(y, out=y)
        np.subtract(1, y, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.multiply(top[0].diff, (1 - top[0].data) / self._c, out=bottom[0].diff)

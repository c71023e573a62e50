"""Cosine: of an angle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("Cosine")
class Cosine(Elementwise):
    """The cosine of each value.

    bottom[0]  x: any shape, in radians
    top[0]     y: as x

    Proto: none.  Caffe: cosine_layer.cu of happynear/caffe-windows, whose cosine_layer.cpp forgets
    dy.
    """

    formula = "y = cos(x)."
    gradient_formula = "dx = -sin(x) dy."

    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        super().reshape(bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.cos(bottom[0].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dx = bottom[0].diff
            np.sin(bottom[0].data, out=dx)
            np.multiply(dx, -top[0].diff, out=dx)

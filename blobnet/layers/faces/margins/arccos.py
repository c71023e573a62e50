"""Arccos: the angle of a cosine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.activation._elementwise import Elementwise

LARGEST = 0.99
"""The slope of larger cosines is that of this one: at 1 it has no end."""


@register_layer("Arccos")
class Arccos(Elementwise):
    """The angle, in radians, that has a cosine.

    bottom[0]  x: any shape, from -1 to 1; NaN for others
    top[0]     y: as x

    Proto: none.  Caffe: arccos_layer.cpp of happynear/caffe-windows.
    """

    formula = "y = arccos(x)."
    gradient_formula = "dx = -dy / sqrt(1 - min(x, 0.99)^2)."

    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        super().reshape(bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.arccos(bottom[0].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x = np.minimum(bottom[0].data, np.asarray(LARGEST, self.dtype))
            np.divide(-top[0].diff, np.sqrt(1 - x * x), out=bottom[0].diff)

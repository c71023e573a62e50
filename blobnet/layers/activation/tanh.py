"""TanH: squeezes every value between -1 and 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("TanH")
class TanH(Elementwise):
    """Hyperbolic tangent.

    bottom[0]  x: any shape
    top[0]     y: the same shape, values between -1 and 1

    May work in place.
    Proto: TanHParameter.  Caffe: tanh_layer.cpp.
    """

    formula = "Hyperbolic tangent: y = tanh(x)."
    gradient_formula = "dx = dy * (1 - y * y)."

    limits = (-1.0, 1.0)
    backward_reads_bottom = False
    works_in_place = True

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.tanh(bottom[0].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            y = top[0].data
            np.multiply(top[0].diff, 1 - y * y, out=bottom[0].diff)

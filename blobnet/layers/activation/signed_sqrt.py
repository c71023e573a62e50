"""SignedSqrt: the root of the absolute value, with the sign."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.activation._elementwise import Elementwise

_EPSILON = 0.03
"""Added to a root before it divides a gradient."""


@register_layer("SignedSqrt")
class SignedSqrt(Elementwise):
    """The root of each absolute value, with the sign of the value.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    Cannot work in place.
    Proto: none.  Caffe: signed_sqrt_layer.cpp of compact bilinear pooling
    (gy20073/compact_bilinear_pooling).
    """

    formula = "y = sign(x) * sqrt(|x|)"
    gradient_formula = "dx = dy / (2 * (|y| + 0.03)), which is smaller than the derivative."

    backward_reads_bottom = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        np.absolute(x, out=y)
        np.sqrt(y, out=y)
        np.copysign(y, x, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            dx = bottom[0].diff
            np.absolute(top[0].data, out=dx)
            dx += _EPSILON
            np.divide(top[0].diff, dx, out=dx)
            dx *= 0.5

"""Atan: the inverse of the tangent."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import SlopeOfInput
from blobnet.types import Array


@register_layer("Atan")
class Atan(SlopeOfInput):
    """The angle, between -pi / 2 and pi / 2, whose tangent is x.

    bottom[0]  x: any shape
    top[0]     y: the same shape

    May work in place: then a copy of x is saved. (The fork has no backward.)
    Proto: none.  Caffe: atan_layer.cpp of Synopsys.
    """

    formula = "y = atan(x)."
    gradient_formula = "dx = dy / (1 + x^2)."

    def _function(self, x: Array, out: Array) -> None:
        np.arctan(x, out=out)

    def _slope(self, x: Array) -> Array:
        slope: Array = 1 / (1 + x * x)
        return slope

"""Clip: keeps values within limits."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.activation._elementwise import SlopeOfInput
from blobnet.types import Array


@register_layer("Clip")
class Clip(SlopeOfInput):
    """Keeps values within limits.

    bottom[0]  x: any shape
    top[0]     y: the same shape; `min` where x is NaN, and everywhere if `min` is above `max`

    May work in place, keeping a copy of x. (Caffe keeps none; its gradient is wrong there.)
    Proto: ClipParameter, of which both fields are required.  Caffe: clip_layer.cpp.
    """

    formula = "Values below `min` become `min`, values above `max` become `max`."
    gradient_formula = "dx = dy where min <= x <= max, 0 elsewhere."

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.clip_param
        missing = [name for name in ("min", "max") if not param.HasField(name)]
        if missing:
            raise self.error(
                "missing required fields: " + ", ".join(f"clip_param.{name}" for name in missing),
                fix="state both limits, for example clip_param { min: 0 max: 6 }",
            )
        self._min, self._max = param.min, param.max
        super().setup(bottom, top)

    def _function(self, x: Array, out: Array) -> None:
        np.minimum(x, self._max, out=out)
        np.fmax(out, self._min, out=out)  # of NaN and a number it takes the number, as Caffe does

    def _slope(self, x: Array) -> Array:
        return (x >= self._min) & (x <= self._max)

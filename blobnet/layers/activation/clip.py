"""Clip: keeps values within limits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("Clip")
class Clip(Elementwise):
    """Keeps values within limits.

    bottom[0]  x: any shape
    top[0]     y: the same shape; `min` where x is NaN, and everywhere if `min` is above `max`

    May work in place, keeping a copy of x. (Caffe keeps none; its gradient is wrong there.)
    Proto: ClipParameter, of which both fields are required.  Caffe: clip_layer.cpp.
    """

    formula = "Values below `min` become `min`, values above `max` become `max`."
    gradient_formula = "dx = dy where min <= x <= max, 0 elsewhere."

    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.clip_param
        missing = [name for name in ("min", "max") if not param.HasField(name)]
        if missing:
            raise self.error(
                "missing required fields: " + ", ".join(f"clip_param.{name}" for name in missing),
                fix="state both limits, for example clip_param { min: 0 max: 6 }",
            )
        self._min, self._max = param.min, param.max
        self._saved_input = SavedInput()

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        y = top[0].data
        np.minimum(bottom[0].data, self._max, out=y)
        np.fmax(y, self._min, out=y)  # of NaN and a number it takes the number, as Caffe does

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = self._saved_input.values(bottom[0], top[0])
        is_inside = (x >= self._min) & (x <= self._max)
        np.multiply(top[0].diff, is_inside, out=bottom[0].diff)

"""Truncation: keeps every value within bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.activation._elementwise import Elementwise


@register_layer("Truncation")
class Truncation(Elementwise):
    """Values below `lower_bound` become it, those above `upper_bound` that.

    bottom[0]  x: any shape
    top[0]     y: as x

    Proto: TruncationParameter.  Caffe: truncation_layer.cpp of happynear/caffe-windows.
    """

    formula = "y = min(max(x, lower_bound), upper_bound)."
    gradient_formula = "dx = dy where lower_bound < x < upper_bound, 0 elsewhere."

    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        super().reshape(bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.truncation_param
        np.maximum(bottom[0].data, param.lower_bound, out=top[0].data)
        np.minimum(top[0].data, param.upper_bound, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            param, x = self.layer_param_.truncation_param, bottom[0].data
            is_inside = (x > param.lower_bound) & (x < param.upper_bound)
            bottom[0].diff[...] = np.where(is_inside, top[0].diff, 0)

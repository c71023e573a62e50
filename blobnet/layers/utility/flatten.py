"""Flatten: several axes become one."""

from __future__ import annotations

from blobnet.blob import Blob
from blobnet.layer_register import register_layer
from blobnet.layers.utility._same_memory import SameMemory
from blobnet.types import Shape


@register_layer("Flatten")
class Flatten(SameMemory):
    """The same values with axes `axis` to `end_axis` (both included) as one axis.

    bottom[0]  x: any shape, (N, C, H, W) for example
    top[0]     y: (N, C * H * W), for the usual `axis` 1 and `end_axis` -1

    The top uses the bottom's memory, values and gradient: nothing is copied.

    Proto: FlattenParameter.  Caffe: flatten_layer.cpp.
    """

    formula = "y = x, several axes as one"

    def new_shape(self, x: Blob) -> Shape:
        param = self.layer_param_.flatten_param
        shape = x.shape
        start = x.canonical_axis(param.axis)
        end = x.canonical_axis(param.end_axis) + 1
        if start > end:
            raise self.error(
                "end_axis lies before axis",
                expected=f"end_axis from {start} to {len(shape) - 1}",
                got=f"axis: {param.axis}, end_axis: {param.end_axis} for shape {shape}",
            )
        return (*shape[:start], x.count(start, end), *shape[end:])

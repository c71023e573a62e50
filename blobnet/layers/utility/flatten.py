"""Flatten: several axes become one."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("Flatten")
class Flatten(Layer):
    """The same values with axes `axis` to `end_axis` (both included) as one axis.

    bottom[0]  x: any shape, (N, C, H, W) for example
    top[0]     y: (N, C * H * W), for the usual `axis` 1 and `end_axis` -1

    The top uses the bottom's memory, values and gradient: nothing is copied.

    Proto: FlattenParameter.  Caffe: flatten_layer.cpp.
    """

    formula = "y = x, several axes as one"
    gradient_formula = "dx = dy, which are the same memory."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False
    lends_memory = True

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.flatten_param
        shape = bottom[0].shape
        start = bottom[0].canonical_axis(param.axis)
        end = bottom[0].canonical_axis(param.end_axis) + 1
        if start > end:
            raise self.error(
                "end_axis lies before axis",
                expected=f"end_axis from {start} to {len(shape) - 1}",
                got=f"axis: {param.axis}, end_axis: {param.end_axis} for shape {shape}",
            )
        top[0].reshape((*shape[:start], bottom[0].count(start, end), *shape[end:]))
        top[0].share_data(bottom[0])
        top[0].share_diff(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: the top is the bottom in another shape."""

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: the top's diff is the bottom's."""

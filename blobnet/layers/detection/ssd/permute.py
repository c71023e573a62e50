"""Permute: the axes in another order."""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.permuting import inverse, permuted


@register_layer("Permute")
class Permute(Layer):
    """The bottom with its axes in the order that `order` states.

    bottom[0]  x: any shape, (N, C, H, W) for example
    top[0]     y: (N, H, W, C), for the usual `order` 0, 2, 3, 1

    Axes that `order` leaves out follow those it names, in their own order.

    Proto: PermuteParameter.  Caffe: permute_layer.cpp of SSD (weiliu89/caffe).
    """

    formula = "y = x, the axes in another order"
    gradient_formula = "dx = dy, the axes put back."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        order = list(self.layer_param_.permute_param.order)
        if len(set(order)) < len(order):
            raise self.error(
                "there are duplicate orders", expected="every axis at most once", got=order
            )

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        stated, axes = list(self.layer_param_.permute_param.order), bottom[0].num_axes
        if any(axis >= axes for axis in stated):
            raise self.error(
                "order should be less than the input dimension.",
                expected=f"axes from 0 to {axes - 1}",
                got=f"order {stated} for shape {bottom[0].shape}",
            )
        self._order = (*stated, *(axis for axis in range(axes) if axis not in stated))
        top[0].reshape(tuple(bottom[0].shape[axis] for axis in self._order))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        permuted(bottom[0].data, self._order, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            permuted(top[0].diff, inverse(self._order), out=bottom[0].diff)

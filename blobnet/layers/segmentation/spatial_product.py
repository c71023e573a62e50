"""SpatialProduct: every channel of an image times one map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("SpatialProduct")
class SpatialProduct(Layer):
    """Product of all channels with the same map, place by place.

    bottom[0]  x: (N, C, ...)
    bottom[1]  s: (N, 1, ...)  as large as x besides
    top[0]     y: the shape of x

    Proto: none.  Caffe: spatial_product_layer.cpp of PSPNet.
    """

    formula = "y = x * s, the same s for every channel."
    gradient_formula = "dx = dy * s; ds = dy * x, summed over the channels."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        shape = bottom[0].shape
        wanted = (*shape[:1], 1, *shape[2:])
        if len(shape) < 2 or bottom[1].shape != wanted:
            raise self.error(
                "bottom[1] should have one channel and otherwise the shape of bottom[0]",
                expected=f"shape {wanted} for {shape}, of two axes or more",
                got=f"shape {bottom[1].shape}",
            )
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.multiply(bottom[0].data, bottom[1].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        x, s, dy = bottom[0].data, bottom[1].data, top[0].diff
        if propagate_down[0]:
            np.multiply(dy, s, out=bottom[0].diff)
        if propagate_down[1]:
            np.einsum("nc...,nc...->n...", dy, x, out=bottom[1].diff[:, 0])

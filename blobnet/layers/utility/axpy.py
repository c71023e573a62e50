"""Axpy: a blob whose channels are scaled, plus another blob."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.broadcast import scale, sum_products_around
from blobnet.ops.eltwise import weighted_sum


@register_layer("Axpy")
class Axpy(Layer):
    """The end of a block of Squeeze-and-Excitation networks: Scale and Eltwise in one.

    bottom[0]  a: (N, C) or (N, C, 1, 1)  a factor for each channel of each image
    bottom[1]  x: (N, C, ...)
    bottom[2]  y: the shape of x
    top[0]     z: the shape of x

    Proto: none.  Caffe: axpy_layer.cpp of MobileNet-YOLO (eric612/MobileNet-YOLO), first in
    hujie-frank/SENet.
    """

    formula = "z = a * x + y, channel by channel"
    gradient_formula = "da = dz * x, summed over all places of a channel;  dx = dz * a;  dy = dz."

    exact_num_bottom_blobs = 3
    exact_num_top_blobs = 1
    can_be_recorded = True
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        a, x, y = (blob.shape for blob in bottom)
        if len(x) < 2 or a[:2] != x[:2] or set(a[2:]) - {1}:
            raise self.error(
                "bottom[0] must have one factor for each channel of bottom[1]",
                expected=f"shape {x[:2]}, or that and axes of length 1"
                if len(x) > 1
                else "a bottom[1] of two axes or more",
                got=f"shape {a} for a bottom[1] of shape {x}",
            )
        if x != y:
            raise self.error(
                "bottom[2] must have the shape of bottom[1]",
                expected=f"shape {x}",
                got=f"shape {y}",
            )
        top[0].reshape(x)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        a, x, y = (blob.data for blob in bottom)
        z = top[0].data
        scale(x, a.reshape(x.shape[:2]), 0, out=z)
        weighted_sum([z, y], [1, 1], out=z)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dz, x = top[0].diff, bottom[1].data
        if propagate_down[0]:
            da = sum_products_around(dz, x, 0, x.shape[:2])
            bottom[0].diff[...] = da.reshape(bottom[0].shape)
        if propagate_down[1]:
            scale(dz, bottom[0].data.reshape(x.shape[:2]), 0, out=bottom[1].diff)
        if propagate_down[2]:
            np.copyto(bottom[2].diff, dz)

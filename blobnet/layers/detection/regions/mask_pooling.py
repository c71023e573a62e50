"""MaskPooling: features of a region, as far as they are inside of its mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("MaskPooling")
class MaskPooling(Layer):
    """The product of features and masks.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  m: (N, 1, H, W)    masks
    top[0]     y: (N, C, H, W)

    Proto: none.  Caffe: mask_pooling_layer.cu of MNC (daijifeng001/caffe-mnc).
    """

    formula = "y = x * m, all channels with the same mask"
    gradient_formula = "dx = dy * m,  dm = the sum of dy * x over channels."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x, mask = (blob.shape for blob in bottom)
        if len(x) != 4 or mask != (x[0], 1, *x[2:]):
            raise self.error(
                "features and masks must have the same number, height and width",
                expected="(N, C, H, W) and (N, 1, H, W)",
                got=f"{x} and {mask}",
            )
        top[0].reshape(x)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.multiply(bottom[0].data, bottom[1].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy = top[0].diff
        if propagate_down[0]:
            np.multiply(dy, bottom[1].data, out=bottom[0].diff)
        if propagate_down[1]:
            np.sum(dy * bottom[0].data, axis=1, keepdims=True, out=bottom[1].diff)

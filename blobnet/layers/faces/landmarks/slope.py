"""Slope: two channels that tell where each pixel is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("Slope")
class Slope(Layer):
    """Appends the row and the column of each pixel, as parts of the image's size.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C + 2, H, W)   x, then h / H, then w / W

    Proto: none.  Caffe: slope_layer.cpp of happynear/caffe-windows.
    """

    formula = "y = x, behind it h / H and w / W."
    gradient_formula = "dx = dy of the first C channels."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        if bottom[0].num_axes != 4:
            raise self.error(
                "Input must have 4 axes, corresponding to (num, channels, height, width)",
                got=f"shape {bottom[0].shape}",
            )
        num, channels, height, width = bottom[0].shape
        top[0].reshape((num, channels + 2, height, width))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        y, (_, channels, height, width) = top[0].data, bottom[0].shape
        y[:, :channels] = bottom[0].data
        y[:, channels] = (np.arange(height) / max(height, 1))[:, None]
        y[:, channels + 1] = np.arange(width) / max(width, 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff[...] = top[0].diff[:, : bottom[0].shape[1]]

"""ChannelNorm: how long the vector of all channels is, at each pixel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._images import check_images


@register_layer("ChannelNorm")
class ChannelNorm(Layer):
    """The length of the vector that the channels are at each pixel: of an arrow of a flow.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, 1, H, W)

    Proto: none.  Caffe: channel_norm_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y = sqrt(sum over channels of x * x)"
    gradient_formula = "dx = dy * x / (y + 1e-9)"

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        num, _, *size = check_images(self, bottom)
        top[0].reshape((num, 1, *size))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        np.einsum("nchw,nchw->nhw", x, x, out=y[:, 0])
        np.sqrt(y, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            ratio = top[0].diff / (top[0].data.astype(np.float64) + 1e-9)
            np.multiply(ratio.astype(self.dtype), bottom[0].data, out=bottom[0].diff)

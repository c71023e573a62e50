"""Gram: how much the channels of an image have in common, as for the style of a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("Gram")
class Gram(Layer):
    """The products of all pairs of channels, averaged.

    bottom[0]  x: (N, C, H, W)      up to 4 axes
    top[0]     y: (N, C, C, 1)

    Proto: none.  Caffe: gram_layer.cpp of happynear/caffe-windows.
    """

    formula = "y[i, j] = sum over the pixels of x[i] x[j] / (C H W)."
    gradient_formula = "dx = (dy + dy.T) @ x / (C H W)."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        channels = bottom[0].channels
        top[0].reshape((bottom[0].num, channels, channels, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = self._by_channel(bottom[0].data, bottom)
        y = top[0].data[..., 0]
        np.matmul(x, x.transpose(0, 2, 1), out=y)
        y /= max(x.shape[1] * x.shape[2], 1)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            x, dy = self._by_channel(bottom[0].data, bottom), top[0].diff[..., 0]
            dx = self._by_channel(bottom[0].diff, bottom)
            np.matmul(dy + dy.transpose(0, 2, 1), x, out=dx)
            dx /= max(x.shape[1] * x.shape[2], 1)

    def _by_channel(self, array: Array, bottom: Blobs) -> Array:
        """(N, C, H * W)"""
        blob = bottom[0]
        return array.reshape(blob.num, blob.channels, blob.height * blob.width)

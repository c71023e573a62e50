"""Norm: the channels of every pixel divided by their length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array

_EPS = 1e-6
"""Is added to lengths, and in the gradient to their third power, as in the fork."""


@register_layer("Norm")
class Norm(Layer):
    """The values of all channels at each place, brought to length 1.

    bottom[0]  x: (N, C[, H[, W]])
    top[0]     y: (N, C, H, W)   axes left out are 1

    Proto: none.  Caffe: norm_layer.cpp of xiaolonw/caffe-video_triplet.
    """

    formula = "y = x / (length + 1e-6), length = sqrt(sum of x^2 over the channels)."
    gradient_formula = "dx = (length^2 dy - x sum(x * dy)) / (length^3 + 1e-6)."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        x = bottom[0]
        if not 2 <= x.num_axes <= 4:
            raise self.error("items must have channels", expected="2 to 4 axes", got=x.shape)
        top[0].reshape((*x.shape, *(1,) * (4 - x.num_axes)))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        length = np.sqrt(_squared(x))
        np.divide(x, length + x.dtype.type(_EPS), out=top[0].data.reshape(x.shape))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x = bottom[0].data
        dy, squared = top[0].diff.reshape(x.shape), _squared(x)
        divisor = squared * np.sqrt(squared) + x.dtype.type(_EPS)
        along = (x * dy).sum(axis=1, keepdims=True)
        np.divide(squared * dy - x * along, divisor, out=bottom[0].diff)


def _squared(x: Array) -> Array:
    squared: Array = np.square(x).sum(axis=1, keepdims=True)
    return squared

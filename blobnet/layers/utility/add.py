"""Add: the sum of two blobs, of which one may be repeated along the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.utility.mul import Mul, _summed


@register_layer("Add")
class Add(Mul):
    """a + b, as numpy and TensorFlow add arrays of different shapes.

    bottom[0]  a: any shape
    bottom[1]  b: any shape whose axes, counted from the last, are as long as those of a or 1, or
               whose partner in a is 1 or not there
    top[0]     y: the longer of both on every axis

    (The fork has no backward, and weights instead of a bottom[1] that is left out.)

    Proto: none.  Caffe: add_layer.cpp of Synopsys.
    """

    formula = "y = a + b"
    gradient_formula = "da = dy and db = dy, summed over the axes that were repeated."

    backward_reads_bottom = False
    backward_reads_top = False

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.add(bottom[0].data, bottom[1].data, out=top[0].data)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, is_wanted in zip(bottom, propagate_down, strict=True):
            if is_wanted:
                blob.diff[...] = _summed(top[0].diff, blob.shape)

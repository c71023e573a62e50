"""Norm2Layer of tripletloss: features of length 1.

Caffe: tripletloss/norm2layer.py of luhaofang/tripletloss.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, without_gradient, wrong


class Norm2Layer(PythonLayer):
    """Each row by its length.

    bottom[0]  x: (N, D), or with further axes of size 1
    top[0]     x / |x|: (N, D)     0 stays 0

    As in the repository, nothing goes back: what lies in front does not learn.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 1, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        if len(shape) < 2 or bottom[0].count != shape[0] * shape[1]:
            raise wrong(self, "bottom[0] has no rows", expected="(N, D)", got=f"shape {shape}")
        top[0].reshape(*shape[:2])

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        rows = bottom[0].data.reshape(top[0].shape)
        lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
        top[0].data[...] = rows / np.where(lengths == 0, 1, lengths)

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        without_gradient(propagate_down, bottom)

"""EuclideanLossLayer, the example of a Python layer that comes with Caffe.

Caffe: examples/pycaffe/layers/pyloss.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, wrong


class EuclideanLossLayer(PythonLayer):
    """sum((a - b)^2) / N / 2; EuclideanLoss computes the same.

    bottom[0]  a: any shape; N is its first axis
    bottom[1]  b: as many values
    top[0]     loss: (1,)     counts in the loss if the prototxt states a loss_weight

    Gradients: (a - b) / N and (b - a) / N, without regard to the gradient of the loss.
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 2, top, 1)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        if bottom[0].count != bottom[1].count:
            expected, got = f"{bottom[0].count} values, as bottom[0] has", bottom[1].count
            raise wrong(self, "bottom[1] has another size", expected=expected, got=got)
        self._difference = np.zeros_like(bottom[0].data)
        top[0].reshape(1)

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        self._difference[...] = bottom[0].data - bottom[1].data.reshape(bottom[0].shape)
        top[0].data[...] = np.sum(self._difference**2) / self._num(bottom) / 2

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        for blob, wanted, sign in zip(bottom, propagate_down, (1, -1), strict=True):
            if wanted:
                blob.diff[...] = (sign * self._difference / self._num(bottom)).reshape(blob.shape)

    def _num(self, bottom: Blobs) -> int:
        return max(1, bottom[0].shape[0]) if bottom[0].shape else 1

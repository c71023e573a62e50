"""Convert: the columns of an image as the steps of a sequence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place


@register_layer("Convert")
class Convert(Layer):
    """One step for each column, and what LSTM and RNN want as their second bottom.

    bottom[0]  x: (N, D, ..., W)   axes of length 1 may stand between
    top[0]     y: (W, N, D)
    top[1]     goes on: (W, N)     0 at the first step, 1 at all others (optional)

    Proto: none.  Caffe: convert_layer.cpp of Yuliang-Liu/Curve-Text-Detector.
    """

    formula = "y[w, n, d] = x[n, d, w]"
    gradient_formula = "dx[n, d, w] = dy[w, n, d]"

    exact_num_bottom_blobs = 1
    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].shape
        if len(x) < 3 or any(length != 1 for length in x[2:-1]):
            raise self.error(
                "the bottom is no row of columns",
                expected="shape (N, D, W), or (N, D, 1, W)",
                got=f"shape {x}",
            )
        self._row = (x[0], x[1], x[-1])
        top[0].reshape((x[-1], x[0], x[1]))
        for blob in top[1:]:
            blob.reshape((x[-1], x[0]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        np.copyto(top[0].data, bottom[0].data.reshape(self._row).transpose(2, 0, 1))
        for blob in top[1:]:
            blob.data[...] = 1
            blob.data[:1] = 0

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            np.copyto(bottom[0].diff.reshape(self._row), top[0].diff.transpose(1, 2, 0))

"""RelativeError: how far one blob is from another, beside how large that is."""

from __future__ import annotations

import math

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.segmentation._labels import LabelLayer


@register_layer("RelativeError")
class RelativeError(LabelLayer):
    """The root of the mean squared difference, divided by the root of the mean square.

    bottom[0]  a: (N, C, H, W)
    bottom[1]  b: the same shape
    top[0]     (1, 1, 1, 1)

    Proto: none.  Caffe: relative_error_layer.cpp of DeepLab v1.
    """

    formula = "y = sqrt(mean((a - b)^2) / max(mean(b^2), 1e-6))"
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 2

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        self.check_shape(shape, "(N, C, H, W)", fits=True)
        self.check_shape(bottom[1].shape, f"shape {shape}", fits=bottom[1].shape == shape)
        top[0].reshape((1, 1, 1, 1))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        a, b = (blob.data.reshape(-1) for blob in bottom)
        count, difference = max(a.size, 1), a - b
        size = max(float(np.dot(b, b)) / count, 1e-6)
        error = float(np.dot(difference, difference)) / count / size
        top[0].data[...] = math.nan if math.isnan(error) else math.sqrt(error)

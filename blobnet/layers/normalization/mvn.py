"""MVN: every image, or every channel of an image, brought to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._saved_input import SavedInput
from blobnet.ops import batch_norm
from blobnet.types import Array


@register_layer("MVN")
class MVN(Layer):
    """Mean and variance normalization.

    bottom[0]  x: (N, C, H, W)  axes left out at the end count as 1; at most four
    top[0]     y: (N, C, H, W)  always four axes

    Mean and variance are those of a channel of an image (H * W values), or of a whole image
    (C * H * W values) with `across_channels`. The variance is the mean square, not corrected
    for its bias. Without `normalize_variance`, y = x - mean. With Synopsys' `add_eps_before_sqrt`
    the divisor is sqrt(variance + eps).

    May work in place, keeping a copy of x where the gradient needs it. (Caffe keeps none; its
    gradient is wrong there.)
    Proto: MVNParameter.  Caffe: mvn_layer.cpp, also that of Synopsys.
    """

    formula = "Mean and variance normalization: y = (x - mean) / (sqrt(variance) + eps)."
    gradient_formula = (
        "dx = (dy - mean(dy) - y * mean(dy * y)) / (sqrt(variance) + eps), which counts eps as "
        "nothing beside the deviation; dx = dy - mean(dy) without `normalize_variance`."
    )

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False
    works_in_place = True

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._normalize_variance = self.layer_param_.mvn_param.normalize_variance
        self.backward_reads_bottom = self._normalize_variance
        self._saved_input = SavedInput()

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        N, C, H, W = (bottom[0].legacy_shape(axis) for axis in range(4))
        across = self.layer_param_.mvn_param.across_channels
        # the kernels' channels are what is normalized: one row for each
        self._rows = (1, N, C * H * W) if across else (1, N * C, H * W)
        top[0].reshape((N, C, H, W))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data.reshape(self._rows), top[0].data.reshape(self._rows)
        if not self._normalize_variance:
            _center(x, out=y)
            return
        self._saved_input.before_forward(bottom[0], top[0], need_backward=self.need_backward)
        self._mean, variance = batch_norm.moments(x)
        param = self.layer_param_.mvn_param
        if param.add_eps_before_sqrt:
            self._inv_std = batch_norm.inverse_std(variance, param.eps)
        else:
            self._inv_std = 1 / (np.sqrt(variance) + param.eps)
        batch_norm.normalize(x, self._mean, self._inv_std, out=y)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        dy, dx = top[0].diff.reshape(self._rows), bottom[0].diff.reshape(self._rows)
        if not self._normalize_variance:
            _center(dy, out=dx)
            return
        x = self._saved_input.values(bottom[0], top[0]).reshape(self._rows)
        batch_norm.gradient(x, dy, self._mean, self._inv_std, out=dx)


def _center(x: Array, out: Array) -> None:
    """out = x less its mean, row by row."""
    mean = batch_norm.means(x).astype(x.dtype)
    np.subtract(x, mean[:, None], out=out)

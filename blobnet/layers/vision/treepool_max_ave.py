"""TreepoolMaxAve: the maximum and the average of every window, and a learned gate between them."""

from __future__ import annotations

import numpy as np

from blobnet.layer_register import register_layer
from blobnet.layers.vision._gated_pooling import GatedPooling
from blobnet.types import Array


@register_layer("TreepoolMaxAve")
class TreepoolMaxAve(GatedPooling):
    """Maxima where a gate is open, averages where it is not.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, C, ceil((H - K) / stride) + 1, ...)  K = `kernel_size`
    blobs_[0]  w: (1, 1, K, K)   of the gate, for all channels

    What windows see beyond the image does not count, nor in the average. Of convolution_param, the
    layer has `kernel_size`, `stride` and `weight_filler`, and refuses others. The fork overwrites
    gradients of weights; here they are added to what is there.

    Proto: ConvolutionParameter.  Caffe: treepool_max_ave_layer.cu of Chen-Yu Lee's fork, as
    caffenet-benchmark has it.
    Paper: Lee, Gallagher and Tu, "Generalizing Pooling Functions in Convolutional Neural Networks:
    Mixed, Gated, and Tree", AISTATS 2016.
    """

    formula = "y = p * max(x) + (1 - p) * mean(x),  p = sigmoid(sum(w * x)), of each window."
    gradient_formula = (
        "dw += g x,  dx = sum((1 - p) dy / size + g w, and p dy at every maximum), with "
        "g = p (1 - p) dy (max(x) - mean(x))."
    )

    num_weights = 1

    def _pool(self, x: Array) -> tuple[Array, Array]:
        windows = self._windows
        lowest = self.dtype.type(np.finfo(np.float32).min)
        self._maxima = np.full(windows.top_shape, lowest)
        self._sizes = np.zeros(windows.places, self.dtype)
        sums = np.zeros_like(self._maxima)
        for tap in windows.taps():
            seen, inside = windows.seen(x, tap), windows.inside(tap)
            sums += seen
            self._sizes += inside
            np.maximum(self._maxima, seen, out=self._maxima, where=inside)
        return self._maxima, sums / self._sizes

    def _pool_backward(self, x: Array, dx: Array, first: Array, second: Array) -> None:
        windows, share = self._windows, second / self._sizes
        for tap in windows.taps():
            is_maximum = (windows.seen(x, tap) == self._maxima) & windows.inside(tap)
            windows.seen(dx, tap)[...] += share + first * is_maximum

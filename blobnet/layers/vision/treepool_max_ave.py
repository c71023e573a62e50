"""TreepoolMaxAve: the maximum and the average of every window, and a learned gate between them."""

from __future__ import annotations

import numpy as np

from blobnet.blob import Blobs
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

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        rows, columns = (
            np.minimum(np.arange(number) * self._stride + self._kernel, size)
            - np.arange(number) * self._stride
            for number, size in zip(self._places, bottom[0].shape[2:], strict=True)
        )
        self._sizes = np.outer(rows, columns).astype(self.dtype)
        self._image = bottom[0].shape[2:]

    def _pool(self, windows: Array) -> tuple[Array, Array]:
        self._maxima = np.full((*windows.shape[:2], *self._places), np.finfo(np.float32).min)
        self._maxima = self._maxima.astype(self.dtype)
        sums = np.zeros_like(self._maxima)
        for tap in self._taps():
            seen = self._seen(windows, tap)
            sums += seen
            inside = self._inside(tap)
            np.maximum(self._maxima, seen, out=self._maxima, where=inside)
        return self._maxima, sums / self._sizes

    def _pool_backward(self, windows: Array, dx: Array, first: Array, second: Array) -> None:
        share = second / self._sizes
        for tap in self._taps():
            is_maximum = (self._seen(windows, tap) == self._maxima) & self._inside(tap)
            self._seen(dx, tap)[...] += share + first * is_maximum

    def _inside(self, tap: tuple[int, int]) -> Array:
        """Of which windows this tap lies on the image, (rows, columns)."""
        rows, columns = (
            np.arange(number) * self._stride + begin < size
            for number, begin, size in zip(self._places, tap, self._image, strict=True)
        )
        inside: Array = np.logical_and.outer(rows, columns)
        return inside

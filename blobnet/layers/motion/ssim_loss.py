"""SSIMLoss: how unlike two images are to the eye, window by window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers._tap_windows import TapWindows
from blobnet.layers.loss._loss import Loss
from blobnet.layers.motion._images import check_images
from blobnet.types import Array

_STATED = ("kernel_size", "stride", "c1", "c2")


@register_layer("SSIMLoss")
class SSIMLoss(Loss):
    """1 - the index of structural similarity, summed over windows and averaged over the batch.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  y: (N, C, H, W)  what x should be like; it has no gradient
    top[0]     loss: ()

    Windows of `kernel_size` pixels begin every `stride` pixels until one reaches the end; what is
    beyond it counts as 0. Pixels count by a Gaussian of a deviation of kernel_size / 6, around the
    window's corner plus kernel_size / 2; its values add up to 1. Each window has means, variances
    and a covariance by it, and of them luminance l = (2 mx my + c1) / (mx^2 + my^2 + c1) and
    structure s = (2 sxy + c2) / (sx + sy + c2). All four settings must be stated.

    Proto: SSIMLossParameter.
    Caffe: ssim_loss_layer.cpp of bryanyzhu/Hidden-Two-Stream.
    Paper: Zhao et al., "Loss Functions for Image Restoration with Neural Networks", 2017.
    """

    formula = "sum over windows of (1 - l s) / N"
    gradient_formula = "dx: the derivative * dloss;  dy is 0."

    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.ssim_loss_param
        missing = [name for name in _STATED if not param.HasField(name)]
        if missing or not (param.kernel_size and param.stride and param.c1 > 0 and param.c2 > 0):
            raise self.error(
                "ssim_loss_param must state its four numbers, all above 0",
                expected="kernel_size, stride, c1 and c2",
                got=f"no {', '.join(missing)}" if missing else f"{param}".replace("\n", " "),
            )
        self._gaussian = _gaussian(param.kernel_size)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        shape = check_images(self, bottom)
        if bottom[1].shape != shape:
            raise self.error(
                "Inputs must have the same dimension.",
                expected=f"bottom[1] of shape {shape}",
                got=f"shape {bottom[1].shape}",
            )
        param = self.layer_param_.ssim_loss_param
        self._windows = TapWindows(self, shape, param.kernel_size, param.stride)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        param = self.layer_param_.ssim_loss_param
        x, y = (self._windows.padded(blob.data) for blob in bottom)
        mean_x, mean_y, square_x, square_y, product = (
            self._windows.weighted(values, self._gaussian) for values in (x, y, x * x, y * y, x * y)
        )
        variances = (square_x - mean_x**2) + (square_y - mean_y**2)
        luminance_divisor = mean_x**2 + mean_y**2 + param.c1
        structure_divisor = variances + param.c2
        luminance = (2 * mean_x * mean_y + param.c1) / luminance_divisor
        structure = (2 * (product - mean_x * mean_y) + param.c2) / structure_divisor
        loss = luminance.size - (luminance * structure).sum()
        top[0].data[...] = loss / max(bottom[0].shape[0], 1)
        self._means = mean_x, mean_y
        self._structure = structure
        self._of_means = 2 * structure * (mean_y - mean_x * luminance) / luminance_divisor
        self._of_pixels = 2 * luminance / structure_divisor

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            bottom[1].diff[...] = 0
        if not propagate_down[0]:
            return
        windows = self._windows
        x, y = (windows.padded(blob.data) for blob in bottom)
        (mean_x, mean_y), dx = self._means, np.zeros_like(x)
        for tap in windows.taps():
            differences = (windows.seen(y, tap) - mean_y) - self._structure * (
                windows.seen(x, tap) - mean_x
            )
            slope = self._of_means + self._of_pixels * differences
            windows.seen(dx, tap)[...] += self._gaussian[tap] * slope
        windows.unpad(dx, out=bottom[0].diff)
        bottom[0].diff[...] *= -float(top[0].diff[()]) / max(bottom[0].shape[0], 1)


def _gaussian(kernel: int) -> Array:
    """What each pixel of a window counts, (kernel, kernel)."""
    squares = (np.arange(kernel) - kernel / 2) ** 2
    deviation = kernel / 6
    weights = np.exp(-(squares[:, None] + squares) / (2 * deviation**2))
    result: Array = weights / weights.sum()
    return result

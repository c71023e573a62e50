"""MaskOutputs: of the outputs for all classes those of the item's own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.types import Array


@register_layer("MaskOutputs")
class MaskOutputs(Layer):
    """Takes from each item the K = `kernel_size` channels that belong to its class.

    bottom[0]  x: (N, C[, H[, W]])  K channels for each class
    bottom[1]  class: (N,)          a whole number; the channels are those from K class on
    top[0]     y: (N, K, H, W)      axes left out are 1

    Proto: MaskOutputsParameter.
    Caffe: mask_outputs_layer.cpp of shubhtuls/ViewpointsAndKeypoints.
    """

    formula = "y[n, k] = x[n, K class[n] + k]."
    gradient_formula = "dx = dy in the channels that were taken, else 0;  none for the class."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._channels = self.layer_param_.mask_outputs_param.kernel_size
        if self._channels < 1:
            raise self.error("kernel_size must be at least 1", got=self._channels)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        x = bottom[0]
        if not 2 <= x.num_axes <= 4 or x.shape[1] < self._channels:
            raise self.error(
                "there are too few channels for one class",
                expected=f"2 to 4 axes, at least {self._channels} channels",
                got=f"shape {x.shape}",
            )
        if bottom[1].count != x.shape[0]:
            raise self.error(
                "each item has a class",
                expected=f"{x.shape[0]} numbers",
                got=f"bottom[1] of shape {bottom[1].shape}",
            )
        top[0].reshape((x.shape[0], self._channels, *x.shape[2:], *(1,) * (4 - x.num_axes)))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        y = top[0].data.reshape(bottom[0].shape[0], self._channels, *bottom[0].shape[2:])
        for n, first in enumerate(self._first(bottom)):
            np.copyto(y[n], bottom[0].data[n, first : first + self._channels])

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[1]:
            bottom[1].diff[...] = 0
        if propagate_down[0]:
            dx = bottom[0].diff
            dx[...] = 0
            dy = top[0].diff.reshape(dx.shape[0], self._channels, *dx.shape[2:])
            for n, first in enumerate(self._first(bottom)):
                dx[n, first : first + self._channels] = dy[n]

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _first(self, bottom: Blobs) -> Array:
        """The first channel of each item's class."""
        classes = bottom[1].data.reshape(-1)
        most = bottom[0].shape[1] // self._channels - 1
        wrong = [c for c in classes.tolist() if not 0 <= c <= most]
        if wrong:
            raise self.error(
                "there is no such class",
                expected=f"0 to {most}: {bottom[0].shape[1]} channels, {self._channels} for each",
                got=wrong[0],
            )
        first: Array = (classes * self._channels).astype(np.int64)
        return first

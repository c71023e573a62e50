"""Two poolings of a window, mixed by a gate that sees the window: what Treepool layers share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers._tap_windows import TapWindows
from blobnet.ops.sigmoid import sigmoid
from blobnet.types import Array

_READ = ("kernel_size", "stride", "weight_filler")


class GatedPooling(Layer):
    """y = p * a + (1 - p) * b, with a gate p = sigmoid(sum over the window of w * x).

    The last of `blobs_` is w, (1, 1, K, K); a subclass computes a and b from the window. Windows
    begin every `stride` pixels until one reaches the end; what is beyond the image does not count.
    """

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_top = False

    num_weights: int
    """Of `blobs_`, each of a window's shape; the last is the gate's."""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        param = self.layer_param_.convolution_param
        unread = [field.name for field, _ in param.ListFields() if field.name not in _READ]
        if unread:
            raise self.error(
                "a setting of convolution_param that this type does not have",
                expected=" ".join(_READ),
                got=" ".join(unread),
                fix="take it out: the fork does not read it",
            )
        sizes, strides = list(param.kernel_size), list(param.stride) or [1]
        if len(sizes) != 1 or len(strides) != 1 or min(sizes[0], strides[0]) < 1:
            raise self.error(
                "a window needs one kernel_size and one stride, of 1 or more",
                got=f"kernel_size: {sizes}, stride: {strides}",
            )
        self._kernel, self._stride = sizes[0], strides[0]
        for index in range(self.num_weights):
            self.init_blob(index, (1, 1, self._kernel, self._kernel), param.weight_filler)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self._windows = TapWindows(self, bottom[0].shape, self._kernel, self._stride)
        top[0].reshape(self._windows.top_shape)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = self._windows.padded(bottom[0].data)
        gate = self._weighted(x, index=self.num_weights - 1)
        sigmoid(gate, out=gate)
        first, second = self._pool(x)
        np.multiply(gate, first, out=top[0].data)
        top[0].data[...] += (1 - gate) * second
        self._gate, self._pooled = gate, (first, second)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, gate, (first, second) = top[0].diff, self._gate, self._pooled
        x = self._windows.padded(bottom[0].data)
        dx = np.zeros_like(x)
        of_gate = dy * gate * (1 - gate) * (first - second)
        self._add_weighted(x, dx, of_gate, index=self.num_weights - 1)
        self._pool_backward(x, dx, gate * dy, (1 - gate) * dy)
        if propagate_down[0]:
            self._windows.unpad(dx, out=bottom[0].diff)

    @abstractmethod
    def _pool(self, x: Array) -> tuple[Array, Array]:
        """The two poolings of a padded image."""

    @abstractmethod
    def _pool_backward(self, x: Array, dx: Array, first: Array, second: Array) -> None:
        """Add to dx, and to the diff of `blobs_`, what the gradients of the two poolings give."""

    def _weighted(self, x: Array, index: int) -> Array:
        """The sum of blobs_[index] times what each window sees."""
        return self._windows.weighted(x, self.blobs_[index].data[0, 0])

    def _add_weighted(self, x: Array, dx: Array, dy: Array, index: int) -> None:
        """The gradient of `_weighted`: added to dx, and to the diff of blobs_[index]."""
        blob, windows = self.blobs_[index], self._windows
        for tap in windows.taps():
            if self.param_propagate_down_[index]:
                blob.diff[0, 0][tap] += (dy * windows.seen(x, tap)).sum()
            windows.seen(dx, tap)[...] += dy * blob.data[0, 0][tap]

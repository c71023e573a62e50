"""Two poolings of a window, mixed by a gate that sees the window: what Treepool layers share."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator, Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.ops.sigmoid import sigmoid
from blobnet.types import Array, Shape

_READ = ("kernel_size", "stride", "weight_filler")

Tap = tuple[int, int]
"""Row and column within a window."""


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
        shape = bottom[0].shape
        if len(shape) != 4 or min(shape[2:]) < 1:
            raise self.error("bottom[0] must be images", expected="(N, C, H, W)", got=shape)
        places = tuple(math.ceil((size - self._kernel) / self._stride) + 1 for size in shape[2:])
        ends = [(number - 1) * self._stride for number in places]
        if min(places) < 1 or any(end >= size for end, size in zip(ends, shape[2:], strict=True)):
            raise self.error(
                "no window lies on the image, or the last one lies beside it",
                expected=f"an image that windows of {self._kernel} every {self._stride} pixels see",
                got=f"shape {shape}",
            )
        self._places: Shape = places
        self._padded = (*shape[:2], *(end + self._kernel for end in ends))
        top[0].reshape((*shape[:2], *places))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        windows = self._padded_input(bottom)
        gate = self._weighted(windows, index=self.num_weights - 1)
        sigmoid(gate, out=gate)
        first, second = self._pool(windows)
        np.multiply(gate, first, out=top[0].data)
        top[0].data[...] += (1 - gate) * second
        self._gate, self._pooled = gate, (first, second)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        dy, gate, (first, second) = top[0].diff, self._gate, self._pooled
        windows = self._padded_input(bottom)
        dx = np.zeros_like(windows)
        of_gate = dy * gate * (1 - gate) * (first - second)
        self._add_weighted(windows, dx, of_gate, index=self.num_weights - 1)
        self._pool_backward(windows, dx, gate * dy, (1 - gate) * dy)
        if propagate_down[0]:
            height, width = bottom[0].shape[2:]
            seen = dx[:, :, :height, :width]
            bottom[0].diff[...] = 0
            bottom[0].diff[:, :, : seen.shape[2], : seen.shape[3]] = seen

    @abstractmethod
    def _pool(self, windows: Array) -> tuple[Array, Array]:
        """The two poolings."""

    @abstractmethod
    def _pool_backward(self, windows: Array, dx: Array, first: Array, second: Array) -> None:
        """Add to dx, and to the diff of `blobs_`, what the gradients of the two poolings give."""

    def _taps(self) -> Iterator[Tap]:
        return np.ndindex(self._kernel, self._kernel)

    def _seen(self, windows: Array, tap: Tap) -> Array:
        """A view: what all windows see at one of their taps."""
        rows, columns = (
            slice(begin, begin + (number - 1) * self._stride + 1, self._stride)
            for begin, number in zip(tap, self._places, strict=True)
        )
        return windows[:, :, rows, columns]

    def _weighted(self, windows: Array, index: int) -> Array:
        """The sum of blobs_[index] times what each window sees."""
        result = np.zeros((*windows.shape[:2], *self._places), self.dtype)
        weight = self.blobs_[index].data[0, 0]
        for tap in self._taps():
            result += self._seen(windows, tap) * weight[tap]
        return result

    def _add_weighted(self, windows: Array, dx: Array, dy: Array, index: int) -> None:
        """The gradient of `_weighted`: added to dx, and to the diff of blobs_[index]."""
        blob = self.blobs_[index]
        for tap in self._taps():
            if self.param_propagate_down_[index]:
                blob.diff[0, 0][tap] += (dy * self._seen(windows, tap)).sum()
            self._seen(dx, tap)[...] += dy * blob.data[0, 0][tap]

    def _padded_input(self, bottom: Blobs) -> Array:
        """x with zeros beyond its end, as far as windows reach."""
        height, width = (
            min(size, padded)
            for size, padded in zip(bottom[0].shape[2:], self._padded[2:], strict=True)
        )
        windows = np.zeros(self._padded, self.dtype)
        windows[:, :, :height, :width] = bottom[0].data[:, :, :height, :width]
        return windows

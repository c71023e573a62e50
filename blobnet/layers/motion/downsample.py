"""Downsample: smaller images, in which unknown values do not count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.motion._images import check_images, check_not_empty
from blobnet.ops.motion.taps import Taps, corner_positions, resize
from blobnet.ops.overflow import overflow_allowed
from blobnet.types import Array


@register_layer("Downsample")
class Downsample(Layer):
    """Means of the pixels around each place, weighted by a triangle; NaN does not count.

    bottom[0]  x: (N, C, H, W)
    bottom[1]  like: (*, *, height, width)  optional, its size alone counts; without it the size is
                                            `top_height` by `top_width`
    top[0]     y: (N, C, height, width)     NaN where more than a third of the weight is that of NaN

    The outermost pixels are mapped onto each other, and the triangle reaches as far as two places
    are apart. A top of the bottom's size is a copy, NaN included. (FlowNet2 compares the weight of
    NaN with half of that of all others, hence the third.) FlowNet2 has no gradient: here it is the
    true one.

    Proto: DownsampleParameter.
    Caffe: downsample_layer.cu, downsample_layer.cpp of FlowNet2 (lmb-freiburg/flownet2).
    """

    formula = "y[p] = sum over q of w(p, q) * x[q] / sum of w(p, q), over all q where x is known"
    gradient_formula = "dx[q] = sum over p of w(p, q) * dy[p] / the sum of p's weights"

    min_bottom_blobs = 1
    max_bottom_blobs = 2
    exact_num_top_blobs = 1
    backward_reads_top = False

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        num, channels, *size = check_images(self, bottom)
        check_not_empty(self, bottom)
        param = self.layer_param_.downsample_param
        wanted = bottom[1].shape[2:] if len(bottom) > 1 else (param.top_height, param.top_width)
        self._is_copy = (*size,) == (*wanted,)
        if min(wanted) < 1:
            raise self.error(
                "DownsampleLayer must have top_height > 0 and top_width > 0",
                got=f"{wanted[0]} x {wanted[1]}",
            )
        if not self._is_copy and (min(wanted) < 2 or min(size) < 2):
            raise self.error(
                "the outermost pixels are mapped onto each other: there must be two of them",
                expected="at least 2 rows and columns, in bottom and top",
                got=f"{size[0]} x {size[1]} to {wanted[0]} x {wanted[1]}",
            )
        top[0].reshape((num, channels, *wanted))
        if not self._is_copy:
            self._taps = [_taps(*lengths) for lengths in zip(size, wanted, strict=True)]

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x, y = bottom[0].data, top[0].data
        if self._is_copy:
            y[...] = x
            return
        unknown = np.isnan(x)
        resize(np.where(unknown, 0, x), self._taps, y)
        weight, lost = self._weights(unknown, y)
        with overflow_allowed():
            y /= weight
            y[lost / weight > 0.5] = np.nan

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if len(bottom) > 1 and propagate_down[1]:
            bottom[1].diff[...] = 0
        if not propagate_down[0]:
            return
        dy, dx, unknown = top[0].diff, bottom[0].diff, np.isnan(bottom[0].data)
        if self._is_copy:
            dx[...] = dy
            return
        weight, lost = self._weights(unknown, dy)
        is_known = (weight > 0) & (lost <= 0.5 * weight)
        shares = np.divide(dy, weight, out=np.zeros_like(dy), where=is_known)
        lengths = zip(self._taps, bottom[0].shape[2:], strict=True)
        resize(shares, [taps.transposed(length) for taps, length in lengths], dx)
        dx[unknown] = 0

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index == 0

    def _weights(self, unknown: Array, like: Array) -> tuple[Array, Array]:
        """What all known pixels weigh at each place, and what all others do."""
        weights = np.empty_like(like), np.empty_like(like)
        for mask, weight in zip((~unknown, unknown), weights, strict=True):
            resize(mask.astype(like.dtype), self._taps, weight)
        return weights


def _taps(length: int, places: int) -> Taps:
    position = corner_positions(length, places)
    scale = np.float32(length - 1) / np.float32(places - 1)
    reach = int(np.ceil(scale))
    middle = np.trunc(position + np.float32(0.5)).astype(np.intp)
    index = middle[:, None] + np.arange(-reach, reach + 1)
    weight = np.maximum(0, 1 - np.abs(index - position[:, None]) / scale).astype(np.float64)
    weight[(index < 0) | (index >= length)] = 0
    return Taps(index.clip(0, length - 1), weight)

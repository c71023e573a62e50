"""What losses have in common that are squares near 0 and straight farther away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.loss._loss import Loss, divisor
from blobnet.types import Array, Shape


class SmoothL1(Loss):
    """sum(f(d)) / divisor for a weighted difference d, and the sum of each position beside it.

    A subclass says in `setup` what f is: `_turn`, up to which |d| it is a square, with `_curve`
    as its second derivative; and in `_divisor_of` what is divided by.
    """

    exact_num_bottom_blobs = None
    min_bottom_blobs = 2
    exact_num_top_blobs = None
    min_top_blobs = 1
    max_top_blobs = 2

    _most_axes = 4
    _turn: Any = 1.0
    _curve: Any = 1.0

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._difference: Array = np.zeros(0, self.dtype)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        super().reshape(bottom, top)
        shape = bottom[0].shape
        for index, blob in enumerate(bottom[1:], 1):
            if _with_all_axes(blob.shape) != _with_all_axes(shape):
                raise self.error(
                    "all bottoms must have the same shape",
                    expected=f"{shape}, as bottom[0] has",
                    got=f"bottom[{index}] of shape {blob.shape}",
                )
        if len(shape) > self._most_axes:
            expected = f"at most {self._most_axes}"
            raise self.error("a bottom has too many axes", expected=expected, got=f"{shape}")
        if self._difference.shape != shape:
            self._difference = np.zeros(shape, self.dtype)
        if len(top) > 1:
            num, _, *positions = _with_all_axes(shape)
            top[1].reshape((num, 1, *positions))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        d = self._difference
        np.subtract(bottom[0].data, bottom[1].data.reshape(d.shape), out=d)
        if len(bottom) > 2:
            d *= bottom[2].data.reshape(d.shape)
        losses = self._losses(d)
        if len(bottom) > 3:
            losses *= bottom[3].data.reshape(d.shape)
        self._divisor = self._divisor_of(d.shape)
        top[0].data[...] = losses.sum() / self._divisor
        if len(top) > 1:
            channels = losses.reshape(_with_all_axes(d.shape))
            top[1].data[...] = channels.sum(axis=1, keepdims=True)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        slope, scale = self._slopes(self._difference), float(top[0].diff[()]) / self._divisor
        if len(bottom) > 3:
            for weights in bottom[2:]:
                slope *= weights.data.reshape(slope.shape)
        for blob, wanted, sign in zip(bottom, propagate_down, (1, -1), strict=False):
            if wanted:
                np.multiply(slope, sign * scale, out=blob.diff.reshape(slope.shape))

    def allow_force_backward(self, bottom_index: int) -> bool:
        return bottom_index < 2  # the others are weights

    def _losses(self, d: Array) -> Array:
        """The square, and the line that goes on where it ends."""
        size, turn = np.abs(d), d.dtype.type(self._turn)
        line = size - d.dtype.type(self._turn - 0.5 * self._curve * self._turn**2)
        square = d.dtype.type(0.5 * self._curve) * d * d
        losses: Array = np.where(size < turn, square, line)
        return losses

    def _slopes(self, d: Array) -> Array:
        is_square = np.abs(d) < d.dtype.type(self._turn)
        # a NaN has slope 0, as in C++
        sign = np.where(np.isnan(d), 0, np.sign(d)).astype(d.dtype)
        return np.where(is_square, d.dtype.type(self._curve) * d, sign)

    def _divisor_of(self, shape: Shape) -> float:
        """By the modes of LossParameter, of which VALID counts all positions, as FULL does."""
        num, _, *positions = _with_all_axes(shape)
        inner = math.prod(positions)
        fixed = self.layer_param_.loss_param.pre_fixed_normalizer
        mode = self.normalization()
        return divisor(mode, outer=num, inner=inner, valid=num * inner, fixed=fixed)


def _with_all_axes(shape: Shape) -> Shape:
    return shape + (1,) * (4 - len(shape))

"""Batch normalization, factor, shift and ReLU as one step within a larger layer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.blob import Blob
from blobnet.layers import _statistics_of_all as of_all
from blobnet.layers._gathered import Gather
from blobnet.ops import batch_norm
from blobnet.types import Array

EPSILON = 1e-5


class NormBlobs(NamedTuple):
    """The weights of one normalization, all (1, C, 1, 1)."""

    scale: Blob
    bias: Blob
    mean: Blob
    variance: Blob


class NormReLU:
    """y = max(scale * (x - mean) / sqrt(variance + 1e-5) + bias, 0).

    Caffe: DenseBlock_layer.cu of Tongcheng/caffe.
    """

    def __init__(self, blobs: NormBlobs) -> None:
        self.blobs = blobs
        self.gather: Gather | None = None  # where others' batches count, too
        self._mean: Array = np.empty(0)  # these two: what the last forward normalized by
        self._inv_std: Array = np.empty(0)

    def forward_by_batch(self, x: Array, fraction: float, weight: float) -> Array:
        """By the statistics of x; the stored ones take them in.

        weight  0 where averages are stored, of which `fraction` is replaced; else for how many
                batches the stored sums stand, of which `fraction` is kept
        """
        y = np.empty_like(x)
        moments = of_all.standardize(x, EPSILON, self.gather, out=y)
        count, self._mean, variance, self._inv_std = moments
        if count:
            unbiased = variance * (count / (count - 1) if count > 1 else 1)
            kept, new = (fraction, 1.0) if weight else (1 - fraction, fraction)
            for blob, found in ((self.blobs.mean, self._mean), (self.blobs.variance, unbiased)):
                blob.data *= kept
                blob.data += (new * found).reshape(blob.shape)
        return self._finish(y)

    def forward_by_stored(self, x: Array, weight: float) -> Array:
        """By what is stored: averages, or sums for so many batches as `weight` says."""
        stored = (self.blobs.mean, self.blobs.variance)
        mean, variance = (blob.data.reshape(-1) / (weight or 1) for blob in stored)
        self._mean = mean
        self._inv_std = batch_norm.inverse_std(variance, EPSILON)
        return self.again(x)

    def again(self, x: Array) -> Array:
        """What the last forward gave."""
        return self._finish(self._normalized(x))

    def backward(
        self, x: Array, dy: Array, *, by_batch: bool, wants_scale: bool, wants_bias: bool
    ) -> Array:
        """dx, for what the last forward gave; adds to the gradients of the weights."""
        normalized = self._normalized(x)
        scale = self.blobs.scale.data.astype(x.dtype)
        dy = np.where(scale * normalized + self.blobs.bias.data >= 0, dy, 0)
        if wants_bias:
            self.blobs.bias.diff += dy.sum(axis=(0, 2, 3)).reshape(self.blobs.bias.shape)
        if wants_scale:
            by_channel = np.einsum("nchw,nchw->c", dy, normalized)
            self.blobs.scale.diff += by_channel.reshape(self.blobs.scale.shape)
        dy *= scale
        dx = np.empty_like(x)
        if by_batch:
            of_all.gradient(x, dy, self._mean, self._inv_std, self.gather, out=dx)
        else:
            np.multiply(dy, self._inv_std.reshape(1, -1, 1, 1).astype(x.dtype), out=dx)
        return dx

    def _normalized(self, x: Array) -> Array:
        y = np.empty_like(x)
        batch_norm.normalize(x, self._mean, self._inv_std, out=y)
        return y

    def _finish(self, y: Array) -> Array:
        y *= self.blobs.scale.data
        y += self.blobs.bias.data
        np.maximum(y, 0, out=y)
        return y

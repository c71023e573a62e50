"""What forks add to BatchNorm: other statistics, and a factor, an offset, a rectifier behind it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.blob import Blob
from blobnet.layer import Layer
from blobnet.layers import _statistics_of_all as of_all
from blobnet.layers._gathered import Gather
from blobnet.ops import batch_norm
from blobnet.ops.broadcast import gradients_around, scale, sum_products_around
from blobnet.ops.relu import relu, relu_backward
from blobnet.ops.workspace import scratch
from blobnet.proto import BatchNormParameter, FillerParameter
from blobnet.types import Array

INTELS = ("use_weight_bias", "bias_term", "filler", "relu")
"""Fields that only Intel's MKL engines read: where one is stated, the layer is theirs."""
NVCAFFES = ("scale_bias", "scale_filler", "bias_filler")
"""Fields with which NVCaffe's layer has a factor; `bias_filler` is Intel's beside one of those."""
_CONSTANT = {value: FillerParameter(type="constant", value=value) for value in (0, 1)}


class Settings(NamedTuple):
    """What differs between forks."""

    is_nvcaffe: bool
    has_factor: bool
    has_offset: bool
    factor: FillerParameter
    offset: FillerParameter
    has_rectifier: bool


def settings(param: BatchNormParameter) -> Settings:
    """Whose layer `param` is of, and what follows from that."""
    is_intel = any(param.HasField(name) for name in INTELS)
    is_nvcaffe = not is_intel and (
        param.scale_bias or any(param.HasField(name) for name in NVCAFFES[1:])
    )
    factor = "filler" if is_intel else "scale_filler"
    has_factor = is_nvcaffe or (is_intel and param.use_weight_bias)
    return Settings(
        is_nvcaffe,
        has_factor,
        has_factor and (is_nvcaffe or param.bias_term),
        getattr(param, factor) if param.HasField(factor) else _CONSTANT[1],
        param.bias_filler if param.HasField("bias_filler") else _CONSTANT[0],
        param.relu,
    )


def average_in(blobs: list[Blob], mean: Array, variance: Array, fraction: float) -> None:
    """NVCaffe's statistics: a share of 1 - fraction for the newest batch, all for fraction 0."""
    for blob, value in zip(blobs[:2], (mean, variance), strict=True):
        blob.data *= fraction
        blob.data += (1 - fraction) * value


class Behind:
    """y = rectified(factor * normalized + offset), channel by channel; each of the three or none.

    forward   in place of what was normalized
    backward  adds to the gradients of factor and offset, returns that of what was normalized
    """

    def __init__(self, layer: Layer, chosen: Settings) -> None:
        self._layer, self._chosen = layer, chosen

    def forward(self, y: Array) -> None:
        factor, offset = self.affine()
        if factor is not None:
            scale(y, factor, 1, out=y, shift=offset)
        if self._chosen.has_rectifier:
            relu(y, 0, out=y)

    def backward(self, x: Array, y: Array, dy: Array, mean: Array, inv_std: Array) -> Array:
        change = scratch("behind BatchNorm", dy.shape, dy.dtype)
        if self._chosen.has_rectifier:
            relu_backward(dy, y, 0, out=change)
            dy = change
        factor, _ = self.affine()
        if factor is None:
            return dy
        self._learn(x, dy, mean, inv_std)
        scale(dy, factor, 1, out=change)
        return change

    def affine(self) -> tuple[Array | None, Array | None]:
        """Factor and offset, as far as they are wanted."""
        blobs, chosen = self._layer.blobs_, self._chosen
        factor = blobs[3].data if chosen.has_factor else None
        return factor, blobs[4].data if chosen.has_offset else None

    def _learn(self, x: Array, dy: Array, mean: Array, inv_std: Array) -> None:
        wanted, blobs = self._layer.param_propagate_down_, self._layer.blobs_
        if not any(wanted[3:]):
            return
        normalized = scratch("normalized", x.shape, x.dtype)
        batch_norm.normalize(x, mean, inv_std, out=normalized)
        products, sums = gradients_around(normalized, dy, 1, blobs[3].shape)
        for index, change in ((3, products), (4, sums)):
            if index < len(blobs) and wanted[index]:
                blobs[index].diff += change


def inverse_std(variance: Array, param: BatchNormParameter, eps: float) -> Array:
    """1 / sqrt(variance + eps), or Synopsys' 1 / (sqrt(variance) + eps)."""
    if param.add_eps_before_sqrt:
        return batch_norm.inverse_std(variance, eps)
    inv_std: Array = 1 / (np.sqrt(variance) + eps)
    return inv_std


def partial_moments(
    x: Array, param: BatchNormParameter, eps: float, gather: Gather | None
) -> tuple[int, Array, Array, Array]:
    """(values of a channel, mean, variance, inv_std) where one is left out, as caffe-windows does.

    Without the mean, the variance is that around 0; without the variance, nothing is divided.
    """
    count, mean, variance = of_all.moments(x, gather)
    if param.disable_mean:
        variance, mean = variance + mean * mean, np.zeros_like(mean)
    inv_std = inverse_std(variance, param, eps)
    if param.disable_variance:
        variance, inv_std = np.zeros_like(variance), np.ones_like(inv_std)
    return count, mean, variance, inv_std


def partial_gradient(
    x: Array,
    dy: Array,
    mean: Array,
    inv_std: Array,
    param: BatchNormParameter,
    gather: Gather | None,
    out: Array,
) -> None:
    """out = dx for `partial_moments`: the derivative, also where eps lies outside of the root."""
    y = scratch("normalized", x.shape, x.dtype)
    batch_norm.normalize(x, mean, inv_std, out=y)
    shape = x.shape[1:2]
    count = max(1, x.size // max(1, x.shape[1]))
    if gather is not None:
        of_dy, of_products = of_all.means_of_gradients(y, dy, gather)
    else:
        of_products = sum_products_around(y, dy, 1, shape) / count
        of_dy = batch_norm.means(dy)
    of_dy = of_dy.astype(dy.dtype)
    if param.disable_variance:
        of_products = np.zeros_like(of_products)
    elif not param.add_eps_before_sqrt:
        share = 1 - param.eps * inv_std  # sqrt(variance) / (sqrt(variance) + eps)
        of_products = np.divide(of_products, share, where=share > 0, out=of_products)
    if param.disable_mean:
        of_dy = np.zeros_like(of_dy)
    scale(y, -of_products.astype(y.dtype), 1, out=y, shift=-of_dy)
    y += dy
    scale(y, inv_std.astype(y.dtype), 1, out=out)

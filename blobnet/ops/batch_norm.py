"""Mean 0 and variance 1 for every channel, forward and backward.

x, y, dy, dx       (N, C, ...)   any number of axes behind the channels
mean, inv_std      (C,)          inv_std is what the centered values are multiplied by

means        the mean of every channel, over the batch and all places
moments      the same, with the variance
normalize    y = (x - mean) * inv_std
standardize  the same, with the moments of x itself
gradient     dx, where mean and inv_std came from x itself

Where a compiled kernel serves (`planes_kernel.py`), sums are made in float64, each channel's in
one thread; else `reference/batch_norm.py` does it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.dispatch import compiled_by
from blobnet.ops.planes import (
    are_planes,
    as_planes,
    by_channels,
    by_rows,
    over_channels,
    sums_beside_centers,
)
from blobnet.ops.reference import batch_norm as reference
from blobnet.types import Array


def _moments(kernels: Any, x: Array) -> Any:
    """In one pass: a center near the mean does as well as the mean."""
    if not are_planes(1, x.shape[1:2], x):
        return NotImplemented
    planes = as_planes(x, 1, x.shape[1:2])
    center, beside, squares = sums_beside_centers(kernels, planes)
    count = planes.shape[0] * planes.shape[2]
    variance = np.maximum(squares / count - (beside / count) ** 2, 0)
    return center + beside / count, variance


def _means(kernels: Any, x: Array) -> Any:
    both = _moments(kernels, x)
    return both if both is NotImplemented else both[0]


@compiled_by("planes_kernel", _means)
def means(x: Array) -> Array:
    """The mean of every channel, in float64; 0 where there are no values."""
    return reference.means(x)


@compiled_by("planes_kernel", _moments)
def moments(x: Array) -> tuple[Array, Array]:
    """The mean of every channel and its variance (divided by N, not N - 1), in float64.

    Nothing is lost where a mean is large beside the deviation from it.
    """
    return reference.moments(x)


def _normalize(kernels: Any, x: Array, mean: Array, inv_std: Array, out: Array) -> Any:
    if not are_planes(1, x.shape[1:2], x, out):
        return NotImplemented
    numbers = mean.astype(x.dtype), inv_std.astype(x.dtype)
    by_rows(kernels.normalize, as_planes(x, 1, x.shape[1:2]), *numbers, out)
    return None


@compiled_by("planes_kernel", _normalize)
def normalize(x: Array, mean: Array, inv_std: Array, out: Array) -> None:
    """out = (x - mean) * inv_std. `out` may be x."""
    reference.normalize(x, mean, inv_std, out)


def _standardize(kernels: Any, x: Array, eps: float, out: Array, saved: Array | None = None) -> Any:
    if not are_planes(1, x.shape[1:2], *((x, out) if saved is None else (x, out, saved))):
        return NotImplemented

    planes, nothing = as_planes(x, 1, x.shape[1:2]), np.empty(0, x.dtype)
    others = out, nothing if saved is None else saved, float(eps)
    mean, variance = by_channels(kernels.standardize, planes, *others)
    return mean, variance, inverse_std(variance, eps)


@compiled_by("planes_kernel", _standardize)
def standardize(
    x: Array, eps: float, out: Array, saved: Array | None = None
) -> tuple[Array, Array, Array]:
    """out = (x - mean) * inv_std, with inv_std = 1 / sqrt(variance + eps), of x itself.

    Returns (mean, variance, inv_std), in float64. `out` may be x; then `saved`, an array like it,
    may be given to hold the values of x.
    """
    if saved is not None:
        np.copyto(saved, x)
    mean, variance = moments(x)
    inv_std = inverse_std(variance, eps)
    normalize(x, mean, inv_std, out)
    return mean, variance, inv_std


def inverse_std(variance: Array, eps: float) -> Array:
    """1 / sqrt(variance + eps)"""
    inv_std: Array = 1 / np.sqrt(variance + eps)
    return inv_std


def _gradient(kernels: Any, x: Array, dy: Array, mean: Array, inv_std: Array, out: Array) -> Any:
    if not are_planes(1, x.shape[1:2], x, dy, out):
        return NotImplemented
    planes = as_planes(x, 1, x.shape[1:2])
    over_channels(kernels.gradient, planes, dy, mean.astype(x.dtype), inv_std, out)
    return None


@compiled_by("planes_kernel", _gradient)
def gradient(x: Array, dy: Array, mean: Array, inv_std: Array, out: Array) -> None:
    """out = dx = (dy - mean(dy) - y * mean(dy * y)) * inv_std, with y = (x - mean) * inv_std.

    `out` may be dy, and must not be x.
    """
    reference.gradient(x, dy, mean, inv_std, out)

"""Mean 0 and variance 1 for every channel: the formulas in numpy.

x, y, dy, dx              (N, C, ...)  any number of axes behind the channels
mean, variance, inv_std   (C,)         over the batch and all places, in float64

Sums over the places of an image are made in the arrays' own type, those over images in float64.

Ioffe and Szegedy, ICML 2015.  Caffe: batch_norm_layer.cpp, mvn_layer.cpp.
"""

from __future__ import annotations

import math

import numpy as np

from blobnet.types import Array


def means(x: Array) -> Array:
    """The mean of every channel; 0 where there are no values."""
    planes = _planes(x)
    return _over_batch(np.einsum("ncs->nc", planes), planes)


def moments(x: Array) -> tuple[Array, Array]:
    """The mean of every channel and its variance (divided by N, not N - 1).

    Values are centered before they are squared, and what the first mean missed by its rounding
    is made good: nothing is lost where a mean is large beside the deviation from it, and the
    variance of equal values is 0.
    """
    first = means(x).astype(x.dtype)
    centered = _planes(x) - first[:, None]
    missed = means(centered)
    squares = _over_batch(np.einsum("ncs,ncs->nc", centered, centered), centered)
    return first + missed, np.maximum(squares - missed**2, 0)


def normalize(x: Array, mean: Array, inv_std: Array, out: Array) -> None:
    """out = (x - mean) * inv_std. `out` may be x."""
    np.subtract(x, _spread(mean, x), out=out)
    out *= _spread(inv_std, x)


def gradient(x: Array, dy: Array, mean: Array, inv_std: Array, out: Array) -> None:
    """out = dx = (dy - mean(dy) - y * mean(dy * y)) * inv_std, with y = (x - mean) * inv_std.

    `mean` and `inv_std` came from x itself. `out` may be dy.
    """
    centered = x - _spread(mean, x)
    planes, dy_planes = _planes(centered), _planes(dy)
    products = _over_batch(np.einsum("ncs,ncs->nc", planes, dy_planes), planes)
    along = centered
    along *= _spread(products * np.square(inv_std), x)
    along += _spread(means(dy), x)
    np.subtract(dy, along, out=out)
    out *= _spread(inv_std, x)


def _planes(x: Array) -> Array:
    """Three axes: images, channels, and the places of a channel."""
    return x.reshape(*x.shape[:2], math.prod(x.shape[2:]))


def _spread(v: Array, x: Array) -> Array:
    """One number for each channel, of the type of x, to compute with x."""
    return v.astype(x.dtype).reshape(-1, *(1,) * (x.ndim - 2))


def _over_batch(sums: Array, planes: Array) -> Array:
    """(N, C) sums of single images to (C,) means over all images and places."""
    mean: Array = sums.astype(np.float64).sum(axis=0) / max(1, planes.shape[0] * planes.shape[2])
    return mean

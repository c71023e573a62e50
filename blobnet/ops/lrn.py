"""Local response normalization: y = x / (k + alpha * the mean of x * x nearby) ^ beta.

Across channels, "nearby" is the same place in `size` channels, within a channel a square of
`size` by `size` pixels; those that do not exist count as zeros. `scale` is the bracket: forward
leaves it behind, backward reads it.

x, y, scale, dy, dx  (N, C, height, width)

Krizhevsky et al., NIPS 2012.  Caffe: lrn_layer.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from blobnet.ops import pooling
from blobnet.ops.window import Window
from blobnet.ops.workspace import scratch
from blobnet.types import Array

VALUES = 2**16
"""Values in a chunk of images, where a single image has no more."""


class Lrn(NamedTuple):
    """The numbers of a normalization."""

    size: int  # odd
    alpha: float
    beta: float
    k: float
    within_channel: bool

    @property
    def weight(self) -> float:
        """The factor of one square in the bracket."""
        return self.alpha / self.size ** (2 if self.within_channel else 1)


def forward(x: Array, lrn: Lrn, scale: Array, y: Array) -> None:
    """Normalize: writes `scale` and y, which may be x."""
    for n in _chunks(x):
        with np.errstate(all="ignore"):
            squares = np.multiply(x[n], x[n], out=_scratch("squares", x[n]))
            _sum_nearby(squares, lrn, scale[n])
            scale[n] *= lrn.weight
            scale[n] += lrn.k
            np.divide(x[n], _power(scale[n], lrn.beta), out=y[n])


def backward(x: Array, dy: Array, lrn: Lrn, scale: Array, dx: Array) -> None:
    """dx = dy / scale ^ beta - 2 * beta * weight * x * (the sum of dy * y / scale nearby).

    dx may be dy.
    """
    for n in _chunks(x):
        with np.errstate(all="ignore"):
            direct = np.divide(dy[n], _power(scale[n], lrn.beta), out=_scratch("direct", x[n]))
            ratios = np.multiply(direct, x[n], out=_scratch("squares", x[n]))
            ratios /= scale[n]
            _sum_nearby(ratios, lrn, dx[n])
            dx[n] *= x[n]
            dx[n] *= -2.0 * lrn.beta * lrn.weight
            dx[n] += direct


def _sum_nearby(values: Array, lrn: Lrn, sums: Array) -> None:
    if lrn.within_channel:
        square = Window((lrn.size,) * 2, (1, 1), (lrn.size // 2,) * 2, (1, 1))
        pooling.sum_forward(values, square, sums)
        return
    np.copyto(sums, values)
    for distance in range(1, min(lrn.size // 2 + 1, values.shape[1])):
        sums[:, distance:] += values[:, :-distance]
        sums[:, :-distance] += values[:, distance:]


def _power(scale: Array, beta: float) -> Array:
    """scale ^ beta; by square roots, which are much faster, where beta is a usual one."""
    power = _scratch("power", scale)
    if beta == 0.75:
        np.sqrt(scale, out=power)
        power *= np.sqrt(power, out=_scratch("root", scale))
    elif beta == 0.5:
        np.sqrt(scale, out=power)
    else:
        np.power(scale, beta, out=power)
    return power


def _chunks(x: Array) -> Iterator[slice]:
    step = max(1, VALUES // max(1, x[:1].size))
    return (slice(begin, begin + step) for begin in range(0, len(x), step))


def _scratch(purpose: str, like: Array) -> Array:
    return scratch(f"lrn {purpose}", like.shape, like.dtype)

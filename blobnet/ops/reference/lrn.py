"""Local response normalization: the formulas in numpy.

    y  = x / scale ^ beta                      scale = k + weight * (the sum of x * x nearby)
    dx = dy / scale ^ beta - 2 * beta * weight * x * (the sum of dy * y / scale nearby)

x, y, scale, dy, dx  (N, C, height, width)

Across channels, "nearby" is the same place in `size` channels, within a channel a square of
`size` by `size` pixels; those that do not exist count as zeros.

Krizhevsky et al., NIPS 2012.  Caffe: lrn_layer.cpp.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blobnet.ops.reference import pooling
from blobnet.ops.window import Window
from blobnet.types import Array, Shape


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

    @property
    def factor(self) -> float:
        """The factor of the sum in the gradient."""
        return -2.0 * self.beta * self.weight

    def square(self, size: Shape) -> Window:
        """The pixels nearby, within a channel: as far as an image of `size` can reach."""
        sides = tuple(max(1, min(self.size, 2 * length - 1)) for length in size)
        return Window(sides, (1, 1), tuple(side // 2 for side in sides), (1, 1))

    def reach(self, channels: int) -> int:
        """How many channels on each side are nearby, as far as there are any."""
        return min(self.size // 2, channels)


def forward(x: Array, lrn: Lrn, scale: Array, y: Array) -> None:
    """Write `scale` and y, which may be x."""
    _sum_nearby(x * x, lrn, scale)
    scale *= lrn.weight
    scale += lrn.k
    np.divide(x, _power(scale, lrn.beta), out=y)


def backward(x: Array, dy: Array, lrn: Lrn, scale: Array, dx: Array) -> None:
    """Write dx, which may be dy."""
    first_term = dy / _power(scale, lrn.beta)
    _sum_nearby(first_term * x / scale, lrn, dx)
    dx *= x
    dx *= lrn.factor
    dx += first_term


def _sum_nearby(values: Array, lrn: Lrn, sums: Array) -> None:
    if lrn.within_channel:
        pooling.sum_forward(values, lrn.square(values.shape[2:]), sums)
        return
    np.copyto(sums, values)
    for distance in range(1, min(lrn.reach(values.shape[1]) + 1, values.shape[1])):
        sums[:, distance:] += values[:, :-distance]
        sums[:, :-distance] += values[:, distance:]


def _power(scale: Array, beta: float) -> Array:
    """scale ^ beta; by square roots, as in the kernels, where beta is the usual one."""
    if beta == 0.75:
        root = np.sqrt(scale)
        return root * np.sqrt(root)
    power: Array = scale**beta
    return power

"""Local response normalization: y = x / (k + alpha * the mean of x * x nearby) ^ beta.

Across channels, "nearby" is the same place in `size` channels, within a channel a square of
`size` by `size` pixels; those that do not exist count as zeros. `scale` is the bracket: forward
leaves it behind, backward reads it.

x, y, scale, dy, dx  (N, C, height, width)

Krizhevsky et al., NIPS 2012.  Caffe: lrn_layer.cpp.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from blobnet.ops import pooling
from blobnet.ops.jit import compiled
from blobnet.ops.tiles import LANES, whole
from blobnet.ops.values import are_flat, for_values
from blobnet.ops.window import Window
from blobnet.ops.workspace import scratch
from blobnet.types import Array, Shape

STRIPS = 2**16
"""Values of all channels in a strip of planes, so that it stays in a processor's cache."""

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
    """Normalize: writes `scale` and y, which may be x."""
    kernels = None if np.may_share_memory(x, y) else _kernels(lrn, x, scale, y)
    if kernels:
        _forward_compiled(kernels, x, lrn, scale, y)
        return
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
    kernels = None if np.may_share_memory(dx, dy) else _kernels(lrn, x, dy, scale, dx)
    if kernels:
        _backward_compiled(kernels, x, dy, lrn, scale, dx)
        return
    for n in _chunks(x):
        with np.errstate(all="ignore"):
            direct = np.divide(dy[n], _power(scale[n], lrn.beta), out=_scratch("direct", x[n]))
            ratios = np.multiply(direct, x[n], out=_scratch("squares", x[n]))
            ratios /= scale[n]
            _sum_nearby(ratios, lrn, dx[n])
            dx[n] *= x[n]
            dx[n] *= lrn.factor
            dx[n] += direct


# --- with numpy -----------------------------------------------------------------------------------


def _sum_nearby(values: Array, lrn: Lrn, sums: Array) -> None:
    if lrn.within_channel:
        pooling.sum_forward(values, lrn.square(values.shape[2:]), sums)
        return
    np.copyto(sums, values)
    for distance in range(1, min(lrn.reach(values.shape[1]) + 1, values.shape[1])):
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


# --- with compiled kernels ------------------------------------------------------------------------


def _kernels(lrn: Lrn, *arrays: Array) -> Any:
    """The compiled kernels, where they can do it."""
    if lrn.beta != 0.75 or not arrays[0].size or not are_flat(*arrays):
        return None
    return compiled("lrn")


def _forward_compiled(kernels: Any, x: Array, lrn: Lrn, scale: Array, y: Array) -> None:
    numbers, (num, channels, *size) = _numbers(x, lrn), x.shape
    arrays = x.reshape(-1), scale.reshape(-1), y.reshape(-1)
    strips, strip = _strips(x)
    sizes = (channels, math.prod(size), lrn.reach(channels), strips, strip)

    def within(begin: int, end: int) -> None:
        kernels.forward_within(begin, end, *_squares(x, lrn), numbers, *arrays)

    def across(begin: int, end: int) -> None:
        kernels.forward_across(begin, end, sizes, numbers, *arrays)

    if lrn.within_channel:
        for_values(within, num * channels, math.prod(size))
    else:
        for_values(across, num * strips, channels * strip)


def _backward_compiled(
    kernels: Any, x: Array, dy: Array, lrn: Lrn, scale: Array, dx: Array
) -> None:
    numbers, (num, channels, *size) = _numbers(x, lrn), x.shape
    arrays = x.reshape(-1), dy.reshape(-1), scale.reshape(-1), dx.reshape(-1)
    strips, strip = _strips(x)
    sizes = (channels, math.prod(size), lrn.reach(channels), strips, strip)

    def within(begin: int, end: int) -> None:
        sums = scratch("lrn sums", (math.prod(size),), x.dtype)
        kernels.backward_within(begin, end, *_squares(x, lrn), sums, numbers, *arrays)

    def across(begin: int, end: int) -> None:
        ratios = scratch("lrn squares", (channels * strip,), x.dtype)
        sums = scratch("lrn sums", (channels * strip,), x.dtype)
        kernels.backward_across(begin, end, sizes, ratios, sums, numbers, *arrays)

    if lrn.within_channel:
        for_values(within, num * channels, math.prod(size))
    else:
        for_values(across, num * strips, channels * strip)


def _numbers(x: Array, lrn: Lrn) -> Array:
    return np.array([lrn.weight, lrn.k, lrn.factor], x.dtype)


def _strips(x: Array) -> tuple[int, int]:
    """How many strips a plane has, and the values in each."""
    plane = math.prod(x.shape[2:])
    strip = min(plane, max(16, STRIPS // x.shape[1] // 16 * 16))
    return -(-plane // strip), strip


def _squares(x: Array, lrn: Lrn) -> tuple[tuple[int, ...], Array, Array, Array]:
    """What the kernels need for sums over squares of pixels: sizes, divisors, scratch memory."""
    height, width = x.shape[2:]
    sizes = pooling.kernel_sizes(x, x, lrn.square(x.shape[2:]))
    across = scratch("pooling across", (height * whole(width, LANES),), x.dtype)
    squares = scratch("lrn squares", (height * width,), x.dtype)
    return sizes, np.ones(height * width, x.dtype), across, squares

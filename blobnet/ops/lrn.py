"""Local response normalization: y = x / (k + alpha * the mean of x * x nearby) ^ beta.

`scale` is the bracket: forward leaves it behind, backward reads it. Kernels serve where beta is
the usual 0.75 and nothing is written in place, else `reference/lrn.py`, which tells the rest.

x, y, scale, dy, dx  (N, C, height, width)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from blobnet.ops import pooling
from blobnet.ops.dispatch import compiled_by
from blobnet.ops.launch import Scratch, launch_over_values
from blobnet.ops.reference import lrn as reference
from blobnet.ops.reference.lrn import Lrn as Lrn
from blobnet.ops.simd.isa import LANES, whole
from blobnet.ops.values import are_flat
from blobnet.types import Array

STRIPS = 2**16
"""Values of all channels in a strip of planes, so that it stays in a processor's cache."""


def _forward(kernels: Any, x: Array, lrn: Lrn, scale: Array, y: Array) -> Any:
    if not _suits(lrn, x, y, scale):
        return NotImplemented
    num, numbers, sizes = len(x), _numbers(x, lrn), _sizes(x, lrn)
    channels, plane, _, strips, strip = sizes
    arrays = x.reshape(-1), scale.reshape(-1), y.reshape(-1)

    if lrn.within_channel:
        within = *_squares(x, lrn), numbers, *arrays
        launch_over_values(kernels.forward_within, num * channels, within, plane)
    else:
        across = sizes, numbers, *arrays
        launch_over_values(kernels.forward_across, num * strips, across, channels * strip)
    return None


@compiled_by("lrn_kernel", _forward)
def forward(x: Array, lrn: Lrn, scale: Array, y: Array) -> None:
    """Normalize: writes `scale` and y, which may be x."""
    reference.forward(x, lrn, scale, y)


def _backward(kernels: Any, x: Array, dy: Array, lrn: Lrn, scale: Array, dx: Array) -> Any:
    if not _suits(lrn, dy, dx, x, scale):
        return NotImplemented
    num, numbers, sizes = len(x), _numbers(x, lrn), _sizes(x, lrn)
    channels, plane, _, strips, strip = sizes
    arrays = x.reshape(-1), dy.reshape(-1), scale.reshape(-1), dx.reshape(-1)

    if lrn.within_channel:
        sums = Scratch("lrn sums", plane, x.dtype)
        within = *_squares(x, lrn), sums, numbers, *arrays
        launch_over_values(kernels.backward_within, num * channels, within, plane)
    else:
        ratios, sums = (
            Scratch(f"lrn {purpose}", channels * strip, x.dtype) for purpose in ("squares", "sums")
        )
        across = sizes, ratios, sums, numbers, *arrays
        launch_over_values(kernels.backward_across, num * strips, across, channels * strip)
    return None


@compiled_by("lrn_kernel", _backward)
def backward(x: Array, dy: Array, lrn: Lrn, scale: Array, dx: Array) -> None:
    """dx = dy / scale ^ beta - 2 * beta * weight * x * (the sum of dy * y / scale nearby).

    dx may be dy.
    """
    reference.backward(x, dy, lrn, scale, dx)


def _suits(lrn: Lrn, source: Array, target: Array, *others: Array) -> bool:
    """Whether the kernels can do it."""
    return (
        lrn.beta == 0.75
        and source.size > 0
        and are_flat(source, target, *others)
        and not np.may_share_memory(source, target)
    )


def _sizes(x: Array, lrn: Lrn) -> tuple[int, int, int, int, int]:
    """Channels, values in a plane, neighbours on each side; strips in a plane, values in each.

    The kernels go plane by plane within channels; across them a strip of all planes at a time.
    """
    channels, plane = x.shape[1], math.prod(x.shape[2:])
    strip = min(plane, max(16, STRIPS // channels // 16 * 16))
    return channels, plane, lrn.reach(channels), -(-plane // strip), strip


def _numbers(x: Array, lrn: Lrn) -> Array:
    return np.array([lrn.weight, lrn.k, lrn.factor], x.dtype)


def _squares(x: Array, lrn: Lrn) -> tuple[tuple[int, ...], Array, Scratch, Scratch]:
    """What the kernels need for sums over squares of pixels: sizes, divisors, scratch memory."""
    height, width = x.shape[2:]
    sizes = pooling.kernel_sizes(x, x, lrn.square(x.shape[2:]))
    across = Scratch("pooling across", height * whole(width, LANES), x.dtype)
    squares = Scratch("lrn squares", height * width, x.dtype)
    return sizes, np.ones(height * width, x.dtype), across, squares

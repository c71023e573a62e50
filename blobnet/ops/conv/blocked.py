"""Convolution by weights that are packed once, in blocks of outputs: for the inference mode.

Images may lie in blocks of channels, too: (N, C / BLOCK, *size, BLOCK) in the memory of an array
(N, C, *size), whose C is a multiple of BLOCK. See `blocked_plan.py`.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from blobnet.ops.conv import blocked_depthwise_plan, blocked_plan, winograd
from blobnet.ops.conv.arguments import products_of, scratch_of
from blobnet.ops.jit import compiled
from blobnet.ops.launch import launch
from blobnet.ops.parallel import PRODUCTS_PER_VALUE
from blobnet.ops.simd.isa import BLOCK as BLOCK
from blobnet.ops.simd.isa import register_tile
from blobnet.ops.window import Window
from blobnet.ops.workspace import aligned
from blobnet.types import Array, Shape

MOST_TAPS, LONGEST_STRIDE, FARTHEST = 121, 8, 64
"""Larger windows are for `wide`, or seldom met."""

FEW_CHANNELS = 4
"""Of more, columns are packed as quickly as sums in blocks become planes."""

MOST_DEPTHWISE_TAPS = 25
"""More would be more code than it pays to compile."""


class Layout(NamedTuple):
    """Whether x and y lie in blocks of channels, or in planes."""

    x_in_blocks: bool
    y_in_blocks: bool


class Packed(NamedTuple):
    """Weights and biases, by blocks of outputs."""

    weight: Array
    bias: Array


def gains() -> bool:
    """Whether registers hold a tile of several blocks: with fewer, `direct` is faster."""
    return register_tile().blocks > 1


def suits(x: Shape, weight: Shape, y: Shape, window: Window, layout: Layout) -> bool:
    """Whether these functions can do it, and nothing else does it faster."""
    if len(window.kernel) != 2 or max(window.stride) > LONGEST_STRIDE or 0 in y:
        return False
    if compiled("conv.blocked_kernel") is None or not gains() or 0 in x:
        return False
    if math.prod(window.kernel) > MOST_TAPS or max(window.extent) > FARTHEST:
        return False
    if is_depthwise(x[1], weight):
        is_small = math.prod(window.kernel) <= MOST_DEPTHWISE_TAPS and window.stride[1] <= 2
        return all(layout) and is_small and window.dilation == (1, 1)
    sees_all = y[2:] == (1, 1) and x[0] == 1
    return (
        x[1] == weight[1]
        and y[1] >= BLOCK
        and (any(layout) or x[1] <= FEW_CHANNELS)
        and not (sees_all and x[2:] == weight[2:])
        and not winograd.pays(x, weight, y, window)
    )


def is_depthwise(channels: int, weight: Shape) -> bool:
    """Whether every group has one channel and one output, and there are several."""
    return channels == weight[0] > 1 == weight[1]


def pack(weight: Array, bias: Array | None, channels: int) -> Packed:
    """What `forward` takes, from weights (O, C / groups, *kernel), a bias (O,), and C."""
    outputs = len(weight)
    padded = math.ceil(outputs / BLOCK) * BLOCK
    rows = np.zeros((padded, math.prod(weight.shape[1:])), weight.dtype)
    rows[:outputs] = weight.reshape(outputs, -1)
    shifts = np.zeros(padded, weight.dtype)
    if bias is not None:
        shifts[:outputs] = bias
    found = aligned(rows.size, rows.dtype)
    part = BLOCK * (1 if is_depthwise(channels, weight.shape) else register_tile().blocks)
    for first in range(0, padded, part):
        its = rows[first : first + part]
        at = first * rows.shape[1]
        found[at : at + its.size].reshape(rows.shape[1], len(its))[...] = its.T
    return Packed(found, shifts)


def forward(
    x: Array, weight: Array, packed: Packed, window: Window, y: Array, slope: float, layout: Layout
) -> None:
    """y = the weighted sum of what the window sees at each place, plus the bias, then leaky."""
    shapes = x.shape, weight.shape, y.shape
    arguments: list[Any] = [x.reshape(-1), *packed, y.dtype.type(slope), y.reshape(-1)]
    if is_depthwise(x.shape[1], weight.shape):
        fixed = blocked_depthwise_plan.convolution(*shapes, window)
        kernels: Any = compiled("conv.blocked_depthwise_kernel")
        kernel = kernels.forward(*window.kernel, window.stride[1])
        products = y.size * (math.prod(window.kernel) + PRODUCTS_PER_VALUE)
        launch(kernel, fixed.value.items, [fixed, *arguments], products)
        return
    dense = blocked_plan.convolution(*shapes, window, **layout._asdict())
    plan = dense.value
    kernels = compiled("conv.blocked_kernel")
    launch(
        kernels.by_item, plan.items,
        (
            dense, *arguments, scratch_of("planes", plan.planes, y),
            scratch_of("results", plan.results, y),
        ),
        products_of(weight, y), together=plan.sizes.parts,
    )  # fmt: skip

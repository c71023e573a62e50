"""Depthwise convolution by compiled kernels: every group has one channel and one output.

The same as `reference/conv.py`; see `depthwise_kernel.py` for how. Arrays are (N, C, *size),
(C, 1, *kernel) and (N, C, *places), of at most two spatial axes, contiguous, and not empty.
"""

from __future__ import annotations

import math
from typing import Any

from blobnet.ops.conv.arguments import no_bias
from blobnet.ops.conv.depthwise_plan import Depthwise, by_pixels, by_places
from blobnet.ops.jit import compiled
from blobnet.ops.launch import Scratch, launch
from blobnet.ops.parallel import PRODUCTS_PER_VALUE
from blobnet.ops.simd.isa import LANES
from blobnet.ops.window import Window
from blobnet.types import Array

MOST_TAPS, LONGEST_STRIDE = 64, 8
"""Larger windows would be more code than it pays to compile."""


def suits(channels: int, weight: Array, window: Window) -> bool:
    """Whether these functions can do it, for an x of that many channels."""
    steps = zip(window.kernel, window.stride, window.dilation, strict=True)
    return (
        channels == len(weight)
        and weight.shape[1] == 1
        and math.prod(window.kernel) <= MOST_TAPS
        and all(k == 1 or 1 in (stride, dilation) for k, stride, dilation in steps)
        and all(stride <= LONGEST_STRIDE for stride in window.stride)
    )


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float = 1.0
) -> None:
    """y = the weighted sum of what the window sees at each place, plus `bias`, then leaky."""
    fixed = by_places(x.shape, weight.shape, y.shape, window)
    kernel = _kernels().forward(*fixed.value.kernel)
    if bias is None:
        bias = no_bias(y.dtype)
    arguments = fixed, x.reshape(-1), weight.reshape(-1), bias, y.dtype.type(slope), y.reshape(-1)
    launch(kernel, _items(fixed.value), arguments, _products(weight, y))


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from."""
    fixed = by_pixels(dx.shape, weight.shape, dy.shape, window)
    kernel = _kernels().input_gradient(*fixed.value.kernel)
    arguments = fixed, dy.reshape(-1), weight.reshape(-1), dx.reshape(-1)
    launch(kernel, _items(fixed.value), arguments, _products(weight, dy))


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    """dweight += for each weight, the sum over all places of what it saw times `dy`."""
    fixed = by_places(x.shape, dweight.shape, dy.shape, window)
    kernel, groups = _kernels().weight_gradient(*fixed.value.kernel), fixed.value.sizes.groups
    lanes = groups * LANES * math.prod(fixed.value.kernel[:2])
    totals = Scratch("depthwise totals", lanes, dweight.dtype)
    arguments = fixed, x.reshape(-1), dy.reshape(-1), totals, dweight.reshape(-1)
    launch(kernel, groups, arguments, _products(dweight, dy))


def _items(plan: Depthwise) -> int:
    """Planes by walks."""
    return plan.sizes.images * plan.sizes.groups * len(plan.walks)


def _products(weight: Array, y: Array) -> int:
    """Multiplications, or as many as take as long: with few taps, it is memory that takes time."""
    return y.size * (math.prod(weight.shape[2:]) + PRODUCTS_PER_VALUE)


def _kernels() -> Any:
    return compiled("conv.depthwise_kernel")

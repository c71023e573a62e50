"""Convolution by Winograd's method in larger tiles, for weights that are transformed once.

Four times fewer products than a direct sum over 3x3 taps, for weights that take four times as much
memory: it serves where nobody changes them. See `winograd_four_kernel.py`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from blobnet.ops.conv import direct
from blobnet.ops.conv.arguments import no_bias, products_of, scratch_of
from blobnet.ops.conv.winograd_four_plan import four, four_weights
from blobnet.ops.conv.winograd_four_plan import pays as pays
from blobnet.ops.jit import compiled
from blobnet.ops.launch import launch
from blobnet.ops.parallel import PRODUCTS_PER_VALUE
from blobnet.ops.window import Window
from blobnet.ops.workspace import conv_scratch
from blobnet.types import Array


def suits(x: Array, weight: Array, bias: Array | None, window: Window, y: Array) -> bool:
    """Whether it pays for these arrays, and can be."""
    return pays(x.shape, weight.shape, y.shape, window) and bool(
        direct.is_possible(window, x, weight, y)
    )


def transformed(weight: Array, out: Array | None = None) -> Array:
    """What `forward` multiplies with, from weights (O, C / groups, 3, 3)."""
    fixed = four_weights(weight.shape)
    plan = fixed.value
    found: Array = np.zeros(plan.frequencies, weight.dtype) if out is None else out
    arguments = fixed, weight.reshape(-1), found, scratch_of("row_taps", plan.row_taps, weight)
    kernels: Any = compiled("conv.winograd_four_kernel")
    launch(kernels.transform_weights, plan.rows, arguments, found.size * PRODUCTS_PER_VALUE)
    return found


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, frequencies: Array,
    slope: float = 1.0,
) -> None:  # fmt: skip
    """y = the weighted sum of what the window sees at each place, plus `bias`, then leaky.

    frequencies  the weights as `transformed`
    """
    pad, steps = (window.pad[0], window.pad[1]), (window.dilation[0], window.dilation[1])
    if steps == (1, 1):
        _forward(x, weight, bias, pad, y, frequencies, slope)
        return
    pad = pad[0] // steps[0], pad[1] // steps[1]
    near, near_y = (_remainders(name, array, steps) for name, array in (("x", x), ("y", y)))
    kernels: Any = compiled("conv.remainders_kernel")
    _launch_remainders(kernels.apart, x, steps, near)
    _forward(near, weight, bias, pad, near_y, frequencies, slope)
    _launch_remainders(kernels.together, y, steps, near_y)


def _forward(
    x: Array, weight: Array, bias: Array | None, pad: tuple[int, int], y: Array,
    frequencies: Array, slope: float,
) -> None:  # fmt: skip
    """Without dilation."""
    kernels: Any = compiled("conv.winograd_four_kernel")
    fixed = four(x.shape, weight.shape, y.shape, pad, has_bias=bias is not None)
    plan, sizes = fixed.value, fixed.value.sizes
    lines = scratch_of("lines", plan.lines, y)
    columns: Any = scratch_of("columns", plan.columns, y)
    if sizes.chunks:  # made once, for all blocks of outputs in whatever thread
        pieces = plan.items // sizes.blocks
        columns = conv_scratch("shared columns", pieces * plan.columns, y)
        launch(
            kernels.transform_images, pieces * sizes.chunks,
            (fixed, x.reshape(-1), lines, columns), len(columns) * PRODUCTS_PER_VALUE,
        )  # fmt: skip
    launch(
        kernels.by_item, plan.items,
        (
            fixed, x.reshape(-1), frequencies, no_bias(y.dtype) if bias is None else bias,
            y.dtype.type(slope), y.reshape(-1), lines, columns,
            scratch_of("products", plan.products, y),
        ),
        products_of(weight, y) // 4, together=1 if sizes.chunks else sizes.blocks,
    )  # fmt: skip


def _remainders(name: str, images: Array, steps: tuple[int, int]) -> Array:
    """Memory for images of the pixels whose row and column leave one remainder each."""
    N, channels, height, width = images.shape
    down, across = steps
    shape = N * down * across, channels, math.ceil(height / down), math.ceil(width / across)
    return conv_scratch(f"remainders of {name}", math.prod(shape), images).reshape(shape)


def _launch_remainders(kernel: Any, images: Array, steps: tuple[int, int], near: Array) -> None:
    N, channels, height, width = images.shape
    sizes = channels, height, width, *steps, *near.shape[2:]
    arguments = images.reshape(-1), sizes, near.reshape(-1)
    launch(kernel, N * channels, arguments, near.size * PRODUCTS_PER_VALUE)

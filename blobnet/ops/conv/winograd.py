"""Convolution by Winograd's method, in compiled kernels: fewer products for square windows.

The same as `reference/conv.py` but for rounding; see `winograd_kernel.py` for how, and
`winograd_plan.py` for which windows. Arrays are (N, C, height, width), (O, C / groups, *kernel)
and (N, O, *places), contiguous, and not empty.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.conv.arguments import no_bias, products_of, scratch_of
from blobnet.ops.conv.winograd_plan import pays as pays
from blobnet.ops.conv.winograd_plan import winograd
from blobnet.ops.jit import compiled
from blobnet.ops.launch import Scratch, launch
from blobnet.ops.parallel import PRODUCTS_PER_VALUE
from blobnet.ops.window import Window
from blobnet.ops.workspace import conv_scratch
from blobnet.types import Array, Shape


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float = 1.0
) -> None:
    """y = the weighted sum of what the window sees at each place, plus `bias`, then leaky."""
    _convolve(x, weight, bias, window.pad, slope, y)


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from."""
    reach = window.kernel[0] - 1
    pad = (reach - window.pad[0], reach - window.pad[1])
    _convolve(dy, weight, None, pad, 1.0, dx, is_turned=True)


def _convolve(
    x: Array,
    weight: Array,
    bias: Array | None,
    pad: Shape,
    slope: float,
    y: Array,
    *,
    is_turned: bool = False,
) -> None:
    """y from x by square windows; with `is_turned` the weights go from y to x."""
    kernels: Any = compiled("conv.winograd_kernel")
    weight_kernels: Any = compiled("conv.winograd_weights_kernel")
    groups = (y if is_turned else x).shape[1] // weight.shape[1]
    fixed = winograd(
        x.shape, y.shape, groups, weight.shape[2], pad, is_turned=is_turned,
        has_bias=bias is not None,
    )  # fmt: skip
    plan = fixed.value
    sizes, taps = plan.sizes, weight.shape[2] * weight.shape[3]
    steps = (taps, sizes.outputs * taps) if is_turned else (sizes.channels * taps, taps)
    frequencies = conv_scratch("frequencies", plan.frequencies, weight)
    launch(
        weight_kernels.transform_weights, groups * sizes.outputs,
        (
            fixed, weight.reshape(-1), *steps, frequencies,
            scratch_of("row_taps", plan.row_taps, y),
            Scratch("conv row", len(plan.weights_at), np.dtype(np.int64)),
        ),
        len(frequencies) * PRODUCTS_PER_VALUE,
    )  # fmt: skip
    launch(
        kernels.by_item, plan.items,
        (
            fixed, x.reshape(-1), frequencies, no_bias(y.dtype) if bias is None else bias,
            y.dtype.type(slope), y.reshape(-1), scratch_of("lines", plan.lines, y),
            scratch_of("columns", plan.columns, y), scratch_of("products", plan.products, y),
        ),
        products_of(weight, y) // 2, together=sizes.blocks,
    )  # fmt: skip

"""Convolution by Winograd's method, in compiled kernels: fewer products for square windows.

The same as `reference/conv.py` but for rounding; see `compiled/winograd.py` for how, and
`plans/winograd.py` for which windows. Arrays are (N, C, height, width), (O, C / groups, *kernel)
and (N, O, *places), contiguous, and not empty.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.conv.winograd_plan import pays as pays
from blobnet.ops.conv.winograd_plan import winograd
from blobnet.ops.jit import compiled
from blobnet.ops.parallel import PRODUCTS_PER_VALUE, for_ranges
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
    plan = winograd(x.shape, y.shape, groups, weight.shape[2], pad, is_turned=is_turned)
    sizes, biases, parts = plan.sizes, plan.biases, plan.parts
    if bias is None:  # the same 0 for every output
        bias, biases = np.zeros(1, y.dtype), np.zeros_like(biases)
        sizes = sizes._replace(bias_group=0)
    taps = weight.shape[2] * weight.shape[3]
    steps = (taps, sizes.outputs * taps) if is_turned else (sizes.channels * taps, taps)
    frequencies = conv_scratch("frequencies", plan.frequencies, weight)
    flat_weight, its = weight.reshape(-1), tuple(sizes)
    for_ranges(
        lambda begin, end: weight_kernels.transform_weights(
            begin, end, its, flat_weight, *steps, parts.taps, parts.terms, parts.counts,
            plan.weights_at, frequencies, conv_scratch("row_taps", plan.row_taps, weight),
            np.empty_like(plan.weights_at),
        ),
        groups * sizes.outputs,
        len(frequencies) * PRODUCTS_PER_VALUE,
    )  # fmt: skip
    arguments = (
        its, x.reshape(-1), frequencies, bias, biases, y.dtype.type(slope), y.reshape(-1),
        plan.pad, parts.shifts, parts.terms, parts.counts, plan.terms,
        plan.weights_at, plan.columns_at, plan.panels,
    )  # fmt: skip

    def work(begin: int, end: int) -> None:
        kernels.by_item(
            begin, end, *arguments, conv_scratch("lines", plan.lines, y),
            conv_scratch("columns", plan.columns, y), conv_scratch("products", plan.products, y),
        )  # fmt: skip

    for_ranges(work, plan.items)

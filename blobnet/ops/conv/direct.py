"""Convolution by compiled kernels: sums over taps in registers.

The same as `reference/conv.py`; see `compiled/correlation.py` and `compiled/weight_gradient.py`
for how. Arrays are (N, C, *size), (O, C / groups, *kernel) and (N, O, *places), of at most two
spatial axes, contiguous, and not empty.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.conv import col2im_plan, direct_plan, transposed_plan
from blobnet.ops.conv import weight_gradient_plan as gradient
from blobnet.ops.jit import compiled
from blobnet.ops.parallel import PRODUCTS_PER_VALUE, for_ranges
from blobnet.ops.window import Window
from blobnet.ops.workspace import conv_scratch
from blobnet.types import Array


def is_possible(window: Window, *arrays: Array) -> bool:
    """Whether compiled kernels can do it, be it these, `depthwise` or `winograd`."""
    return (
        len(window.kernel) <= 2
        and compiled("conv.direct_kernel") is not None
        and all(array.flags.c_contiguous for array in arrays)
    )


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float = 1.0
) -> None:
    """y = the weighted sum of what the window sees at each place, plus `bias`, then leaky."""
    plan = direct_plan.convolution(x.shape, weight.shape, y.shape, window)
    _correlate(plan, x, weight, bias, slope, y, _products(weight, y))


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from."""
    if col2im_plan.pays(dx.shape, weight.shape, dy.shape, window):
        _by_columns(dy, weight, window, dx)
    else:
        plan = transposed_plan.transposed(dx.shape, weight.shape, dy.shape, window)
        _correlate(plan, dy, weight, None, 1.0, dx, _products(weight, dy))


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    """dweight += for each weight, the sum over all places of what it saw times `dy`."""
    kernels: Any = compiled("conv.weight_gradient_kernel")
    plan = gradient.weight_gradient(x.shape, dweight.shape, dy.shape, window)
    flat_x, flat_dy, flat_dweight = x.reshape(-1), dy.reshape(-1), dweight.reshape(-1)
    subgrids = (plan.x_subgrids, plan.x_stride, plan.x_first)
    s, sizes = plan.sizes, tuple(plan.sizes)
    sums = conv_scratch("weight sums", plan.sums, x)

    def by_item(begin: int, end: int) -> None:
        kernels.by_item(
            begin, end, sizes, flat_x, flat_dy, plan.panels, plan.tap_ranges, plan.taps, *subgrids,
            conv_scratch("planes", plan.planes, x), conv_scratch("lines", plan.lines, x),
            conv_scratch("turned", plan.turned, x), sums,
        )  # fmt: skip

    def add_up(begin: int, end: int) -> None:
        kernels.add_up(
            begin, end, s.image_groups, s.groups, s.outputs, s.all_channels, s.sum_channels,
            s.sum_taps, s.tiles, plan.panels, sums, conv_scratch("totals", plan.totals, x),
            conv_scratch("turned", plan.totals, x), flat_dweight,
        )  # fmt: skip

    for_ranges(by_item, plan.items, _products(dweight, dy))
    for_ranges(add_up, s.groups * (len(plan.panels) - 1), plan.sums * PRODUCTS_PER_VALUE)


def _correlate(
    plan: direct_plan.Correlation,
    x: Array,
    weight: Array,
    bias: Array | None,
    slope: float,
    y: Array,
    products: int,
) -> None:
    kernels: Any = compiled("conv.direct_kernel")
    sizes, biases = plan.sizes, plan.biases
    if bias is None:  # the same 0 for every output
        bias, biases = np.zeros(1, y.dtype), np.zeros_like(biases)
        sizes = sizes._replace(bias_group=0)
    reading = plan.reading
    arguments = (
        tuple(sizes), x.reshape(-1), weight.reshape(-1), bias, y.dtype.type(slope), y.reshape(-1),
        plan.weight_terms, plan.terms, reading.offsets, reading.end_offsets, reading.ends,
        plan.y_rows, reading.y_offsets, biases, plan.x_subgrids, plan.x_stride,
        plan.x_first, plan.y_subgrids, plan.y_stride, plan.subgrid_ends, plan.subgrid_parts,
    )  # fmt: skip

    alone = None if reading.columns else np.zeros(1, np.int64)

    def work(begin: int, end: int) -> None:
        columns = conv_scratch("columns", reading.columns, y) if reading.columns else None
        kernels.by_item(
            begin, end, *arguments, conv_scratch("planes", plan.planes, y), columns, alone,
            conv_scratch("results", plan.results, y),
        )  # fmt: skip

    for_ranges(work, plan.items, products)


def _by_columns(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    kernels: Any = compiled("conv.direct_kernel")
    plan = col2im_plan.col2im(dx.shape, weight.shape, dy.shape, window)
    reading = plan.reading
    arguments = (
        tuple(plan.sizes), dy.reshape(-1), weight.reshape(-1), dx.reshape(-1),
        plan.weight_terms, plan.terms, reading.offsets, reading.end_offsets, reading.ends,
        plan.col_diff_rows, reading.y_offsets, reading.width,
    )  # fmt: skip
    for_ranges(
        lambda begin, end: kernels.by_columns(
            begin,
            end,
            *arguments,
            conv_scratch("columns", reading.columns, dx),
            conv_scratch("col_diff", plan.col_diff, dx),
        ),
        plan.items,
        _products(weight, dy),
    )


def _products(weight: Array, y: Array) -> int:
    """How many multiplications there are between weights and images (N, O, *places)."""
    return int(weight.size * (y.size // y.shape[1]))

"""Convolution by compiled kernels: sums over taps in registers; Winograd's where it pays.

The same as `ops/conv.py` does with numpy alone; see `compiled/correlation.py` and
`compiled/winograd.py` for how.
Arrays are (N, C, *size), (O, C / groups, *kernel) and (N, O, *places), of at most two spatial
axes, and contiguous.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops import depthwise
from blobnet.ops.jit import compiled
from blobnet.ops.parallel import PRODUCTS_PER_VALUE, for_ranges
from blobnet.ops.plans import correlation, folding, transposed
from blobnet.ops.plans import weight_gradient as gradient
from blobnet.ops.plans import winograd as winograd_plans
from blobnet.ops.window import Window
from blobnet.ops.workspace import scratch
from blobnet.types import Array


def is_possible(window: Window, *arrays: Array) -> bool:
    """Whether the compiled kernels can do it."""
    return (
        len(window.kernel) <= 2
        and compiled("correlation") is not None
        and all(array.flags.c_contiguous for array in arrays)
    )


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float = 1.0
) -> None:
    """y = the weighted sum of what the window sees at each place, plus `bias`, then leaky."""
    if not y.size:
        return
    if depthwise.suits(x.shape[1], weight, window):
        depthwise.forward(x, weight, bias, window, y, slope)
    elif winograd_plans.pays(x.shape, weight.shape, y.shape, window):
        _winograd(x, weight, bias, window.pad, slope, y)
    else:
        plan = correlation.convolution(x.shape, weight.shape, y.shape, window)
        _correlate(plan, x, weight, bias, slope, y, _products(weight, y))


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from."""
    if not dx.size:
        return
    if not dy.size:
        dx.fill(0)
    elif depthwise.suits(dx.shape[1], weight, window):
        depthwise.input_gradient(dy, weight, window, dx)
    elif winograd_plans.pays(dy.shape, weight.shape, dx.shape, window):
        reach = window.kernel[0] - 1
        pad = (reach - window.pad[0], reach - window.pad[1])
        _winograd(dy, weight, None, pad, 1.0, dx, is_turned=True)
    elif folding.pays_to_fold(dx.shape, weight.shape, dy.shape, window):
        _fold(dy, weight, window, dx)
    else:
        plan = transposed.transposed(dx.shape, weight.shape, dy.shape, window)
        _correlate(plan, dy, weight, None, 1.0, dx, _products(weight, dy))


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    """dweight += for each weight, the sum over all places of what it saw times `dy`."""
    if not dweight.size or not dy.size:
        return
    if depthwise.suits(x.shape[1], dweight, window):
        depthwise.weight_gradient(x, dy, window, dweight)
        return
    kernels: Any = compiled("weight_gradient")
    plan = gradient.weight_gradient(x.shape, dweight.shape, dy.shape, window)
    flat_x, flat_dy, flat_dweight = x.reshape(-1), dy.reshape(-1), dweight.reshape(-1)
    splitting = (plan.split_phases, plan.split_stride, plan.split_first)
    s, sizes = plan.sizes, tuple(plan.sizes)
    sums = _scratch("weight sums", plan.sums, x)

    def by_item(begin: int, end: int) -> None:
        kernels.by_item(
            begin, end, sizes, flat_x, flat_dy, plan.panels, plan.looks, plan.taps, *splitting,
            _scratch("planes", plan.planes, x), _scratch("lines", plan.lines, x),
            _scratch("turned", plan.turned, x), sums,
        )  # fmt: skip

    def add_up(begin: int, end: int) -> None:
        kernels.add_up(
            begin, end, s.lanes, s.groups, s.outputs, s.all_channels, s.sum_channels, s.sum_taps,
            s.tiles, plan.panels, sums, _scratch("totals", plan.totals, x),
            _scratch("turned", plan.totals, x), flat_dweight,
        )  # fmt: skip

    for_ranges(by_item, plan.items, _products(dweight, dy))
    for_ranges(add_up, s.groups * (len(plan.panels) - 1), plan.sums * PRODUCTS_PER_VALUE)


def _correlate(
    plan: correlation.Correlation,
    x: Array,
    weight: Array,
    bias: Array | None,
    slope: float,
    y: Array,
    products: int,
) -> None:
    kernels: Any = compiled("correlation")
    sizes, biases = plan.sizes, plan.biases
    if bias is None:  # the same 0 for every output
        bias, biases = np.zeros(1, y.dtype), np.zeros_like(biases)
        sizes = sizes._replace(bias_group=0)
    reading = plan.reading
    arguments = (
        tuple(sizes), x.reshape(-1), weight.reshape(-1), bias, y.dtype.type(slope), y.reshape(-1),
        plan.weight_terms, plan.terms, reading.places, reading.end_places, reading.ends,
        plan.y_rows, reading.y_places, biases, plan.split_phases, plan.split_stride,
        plan.split_first, plan.join_phases, plan.join_stride, plan.phase_ends, plan.phase_parts,
    )  # fmt: skip

    alone = None if reading.columns else np.zeros(1, np.int64)

    def work(begin: int, end: int) -> None:
        columns = _scratch("columns", reading.columns, y) if reading.columns else None
        kernels.by_item(
            begin, end, *arguments, _scratch("planes", plan.planes, y), columns, alone,
            _scratch("results", plan.results, y),
        )  # fmt: skip

    for_ranges(work, plan.items, products)


def _winograd(
    x: Array,
    weight: Array,
    bias: Array | None,
    pad: tuple[int, ...],
    slope: float,
    y: Array,
    *,
    is_turned: bool = False,
) -> None:
    """y from x by square windows; with `is_turned` the weights go from y to x."""
    kernels: Any = compiled("winograd")
    weight_kernels: Any = compiled("winograd_weights")
    groups = (y if is_turned else x).shape[1] // weight.shape[1]
    plan = winograd_plans.winograd(
        x.shape, y.shape, groups, weight.shape[2], pad, is_turned=is_turned
    )
    sizes, biases, parts = plan.sizes, plan.biases, plan.parts
    if bias is None:  # the same 0 for every output
        bias, biases = np.zeros(1, y.dtype), np.zeros_like(biases)
        sizes = sizes._replace(bias_group=0)
    taps = weight.shape[2] * weight.shape[3]
    steps = (taps, sizes.outputs * taps) if is_turned else (sizes.channels * taps, taps)
    frequencies = _scratch("frequencies", plan.frequencies, weight)
    flat_weight, its = weight.reshape(-1), tuple(sizes)
    for_ranges(
        lambda begin, end: weight_kernels.transform_weights(
            begin, end, its, flat_weight, *steps, parts.taps, parts.terms, parts.counts,
            plan.weights_at, frequencies, _scratch("seen", plan.seen, weight),
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
            begin, end, *arguments, _scratch("lines", plan.lines, y),
            _scratch("columns", plan.columns, y), _scratch("products", plan.products, y),
        )  # fmt: skip

    for_ranges(work, plan.items)


def _fold(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    kernels: Any = compiled("correlation")
    plan = folding.folding(dx.shape, weight.shape, dy.shape, window)
    reading = plan.reading
    arguments = (
        tuple(plan.sizes), dy.reshape(-1), weight.reshape(-1), dx.reshape(-1),
        plan.weight_terms, plan.terms, reading.places, reading.end_places, reading.ends,
        plan.given_rows, reading.y_places, reading.width,
    )  # fmt: skip
    for_ranges(
        lambda begin, end: kernels.by_columns(
            begin,
            end,
            *arguments,
            _scratch("columns", reading.columns, dx),
            _scratch("given", plan.given, dx),
        ),
        plan.items,
        _products(weight, dy),
    )


def _products(weight: Array, y: Array) -> int:
    """How many multiplications there are between weights and images (N, O, *places)."""
    return int(weight.size * (y.size // y.shape[1]))


def _scratch(purpose: str, count: int, like: Array) -> Array:
    return scratch(f"conv {purpose}", (count,), like.dtype)

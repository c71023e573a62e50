"""Convolution of single planes: every group has one channel and one output.

A kernel walks down a strip of a plane, LANES places wide. It reads a row where it is, without a
padded copy, and uses it at once for all places whose window has that row. What it needs for that
stays in registers, so the compiler must know the sizes of the window: each has kernels of its own.

The tables are those of `ops/conv/depthwise_plan.py`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from blobnet.ops.conv.depthwise_plan import Depthwise
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import kernel
from blobnet.ops.simd.tile import load_tile, store_tile, zero
from blobnet.ops.simd.vector import leaky, load, prefetch, splat, store
from blobnet.ops.simd.windows import (
    add_grad,
    add_lanes,
    add_patch,
    add_products,
    drop,
    last,
    load_patch,
    prefetch_rows,
    push,
    splats,
    store_pixels,
)
from blobnet.types import Array

AHEAD = 28
"""So many rows before it is reached a row is asked for: no processor guesses how walks go. Behind
the last row of a plane are the first of the next."""


@cache
def forward(kernel_height: int, kernel_width: int, stride_down: int, stride_across: int) -> Any:
    """y = the sum of what the taps see, in their order, plus `bias`, then leaky.

    Items are planes by walks through y.
    """
    at_once = -(-kernel_height // stride_down)  # rows of places whose windows share a row of x

    @kernel
    def run(
        begin: int, end: int, plan: Depthwise, x: Array, weight: Array, bias: Array,
        slope: float, y: Array,
    ) -> None:  # fmt: skip
        s, walks = plan.sizes, plan.walks
        above = (at_once - 1) * s.dilation_down
        sums, blank = zero(y, at_once, 1), zero(y, kernel_height, kernel_width)
        for item in range(begin, end):
            plane, walk = divmod(item, len(walks))
            g, x_at, y_at = plane % s.groups, plane * s.height * s.width, plane * s.rows * s.columns
            taps = splats(blank, weight, g * kernel_height * kernel_width)
            shift = bias[g % len(bias)]
            q, first, stop = walks[walk, 0], walks[walk, 1], walks[walk, 2]
            x_next = x_at + AHEAD * stride_down * s.width + q * stride_across
            y_next = y_at + AHEAD * s.columns + q
            for r in range(first, stop + above, s.dilation_down):
                prefetch_rows(x, x_next + r * stride_down * s.width, s.width, stride_down)
                prefetch(y, y_next + r * s.columns)
                patch = load_patch(
                    x, stride_down, kernel_width, x_at,
                    r * stride_down - s.pad_above, s.height,
                    q * stride_across - s.pad_left, s.dilation_across, stride_across, s.width,
                )  # fmt: skip
                sums = add_patch(push(sums, splat(y, 0)), taps, patch)
                row = r - above
                if row >= first:
                    at = y_at + row * s.columns
                    store(leaky(last(sums) + shift, slope), y, at + q, at + s.columns)

    return run


@cache
def input_gradient(
    kernel_height: int, kernel_width: int, stride_down: int, stride_across: int
) -> Any:
    """dx = what pixels get back from the places that see them, in the order of these.

    Items are planes by walks through x.
    """
    rows_at_once = -(-kernel_height // stride_down)  # of places that see a pixel
    columns_at_once = -(-kernel_width // stride_across)
    pixels_down = rows_at_once * stride_down

    @kernel
    def run(begin: int, end: int, plan: Depthwise, dy: Array, weight: Array, dx: Array) -> None:
        s, walks = plan.sizes, plan.walks
        above = (rows_at_once - 1) * s.dilation_down
        left = (columns_at_once - 1) * s.dilation_across
        sums = zero(dx, pixels_down, stride_across)
        blank = zero(dx, kernel_height, kernel_width)
        for item in range(begin, end):
            plane, walk = divmod(item, len(walks))
            g, x_at, y_at = plane % s.groups, plane * s.height * s.width, plane * s.rows * s.columns
            taps = splats(blank, weight, g * kernel_height * kernel_width)
            q, first, stop = walks[walk, 0], walks[walk, 1], walks[walk, 2]
            x_next = x_at + AHEAD * stride_down * s.width + q * stride_across
            y_next = y_at + AHEAD * s.columns + q
            for r in range(first - above, stop, s.dilation_down):
                prefetch_rows(dx, x_next + r * stride_down * s.width, s.width, stride_down)
                prefetch(dy, y_next + r * s.columns)
                grad = load_patch(
                    dy, 1, columns_at_once, y_at, r, s.rows,
                    q - left, s.dilation_across, 1, s.columns,
                )  # fmt: skip
                sums = add_grad(sums, taps, grad)
                if r >= first:
                    store_pixels(
                        sums, stride_down, dx, x_at,
                        r * stride_down - s.pad_above, s.height,
                        q * stride_across - s.pad_left, s.width,
                    )  # fmt: skip
                sums = drop(sums, stride_down)

    return run


@cache
def weight_gradient(
    kernel_height: int, kernel_width: int, stride_down: int, stride_across: int
) -> Any:
    """dweight += the sum of what each tap sees times dy, plane by plane, image by image.

    Items are groups.

    all_totals  scratch memory: LANES for each weight of these groups
    """
    at_once, taps = -(-kernel_height // stride_down), kernel_height * kernel_width

    @kernel
    def run(
        begin: int, end: int, plan: Depthwise, x: Array, dy: Array, all_totals: Array,
        dweight: Array,
    ) -> None:  # fmt: skip
        s, walks = plan.sizes, plan.walks
        above, step = (at_once - 1) * s.dilation_down, kernel_width * LANES
        grad, blank = zero(x, at_once, 1), zero(x, kernel_height, kernel_width)
        totals = all_totals[: (end - begin) * taps * LANES]
        for i in range(len(totals)):
            totals[i] = 0
        for n in range(s.images):  # not group by group: planes follow one another in memory
            for g in range(begin, end):
                plane, at = n * s.groups + g, (g - begin) * taps * LANES
                x_at, y_at = plane * s.height * s.width, plane * s.rows * s.columns
                sums = blank
                for walk in range(len(walks)):
                    q, first, stop = walks[walk, 0], walks[walk, 1], walks[walk, 2]
                    x_next = x_at + AHEAD * stride_down * s.width + q * stride_across
                    y_next = y_at + AHEAD * s.columns + q
                    for r in range(first, stop + above, s.dilation_down):
                        prefetch_rows(x, x_next + r * stride_down * s.width, s.width, stride_down)
                        prefetch(dy, y_next + r * s.columns)
                        row = y_at + r * s.columns
                        row_end = row + s.columns if r < stop else row
                        grad = push(grad, load(dy, row + q, row_end))
                        patch = load_patch(
                            x, stride_down, kernel_width, x_at, r * stride_down - s.pad_above,
                            s.height, q * stride_across - s.pad_left, s.dilation_across,
                            stride_across, s.width,
                        )  # fmt: skip
                        sums = add_products(
                            sums, patch, grad, r - first, s.dilation_down, stop - first,
                            s.columns - q,
                        )  # fmt: skip
                store_tile(load_tile(sums, totals, at, step) + sums, totals, at, step)
        for g in range(begin, end):
            add_lanes(load_tile(blank, totals, (g - begin) * taps * LANES, step), dweight, g * taps)

    return run

"""The gradient of a convolution's weights: sums over places, kept in registers.

    dweight[m, k] += sum over images and places of dy[m, place] * what tap k sees from there

A tile holds some taps by some vectors of outputs, so dy is turned first: all outputs of a place
side by side. The tables are those of `ops/plans/weight_gradient.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.compiled.kernel import kernel
from blobnet.ops.compiled.layout import split, turn
from blobnet.ops.compiled.tile import add_outer, add_products, load, save, zero
from blobnet.ops.plans.weight_gradient import GradientSizes
from blobnet.ops.tiles import GRADIENT_OUTPUTS, LANES, PLANE_TAPS, TAPS
from blobnet.types import Array, IntArray


@kernel
def by_item(
    begin: int, end: int, its: Any, x: Array, dy: Array, taps: IntArray,
    split_phases: IntArray, split_stride: IntArray, split_first: IntArray,
    planes: Array, turned: Array, sums: Array,
) -> None:  # fmt: skip
    """The sums of items `begin` to `end`: each a lane of images, a group, some channels.

    sums[item, taps, outputs in whole vectors] is written.
    """
    s = GradientSizes(*its)
    step = -(-s.outputs // LANES) * LANES
    x_image, places = s.x_height * s.x_width, s.rows * s.columns
    for item in range(begin, end):
        rest, part = divmod(item, s.parts)
        lane, g = divmod(rest, s.groups)
        first = min(part * s.part, s.channels - s.part)
        sums_at = item * len(taps) * step
        for i in range(sums_at, sums_at + len(taps) * step):
            sums[i] = 0
        for n in range(lane, s.images, s.lanes):
            source, x_at = x, ((n * s.groups + g) * s.channels + first) * x_image
            row_step = s.x_width
            if not s.is_direct:
                split(
                    x, x_at, s.part, s.x_height, s.x_width, planes, 0, split_phases,
                    s.plane_rows, s.plane_columns, split_stride, split_first, 0,
                )  # fmt: skip
                source, x_at, row_step = planes, 0, s.plane_columns
            turn(dy, (n * s.groups + g) * s.outputs * places, s.outputs, places, turned, step)
            _add_image(source, x_at, taps, row_step, s.rows, s.columns, turned, step, sums, sums_at)


@kernel
def _add_image(
    x: Array, x_at: int, taps: IntArray, row_step: int, rows: int, columns: int,
    turned: Array, step: int, sums: Array, sums_at: int,
) -> None:  # fmt: skip
    """sums[k, m] += what one image has of it."""
    lanes = np.arange(GRADIENT_OUTPUTS) * LANES
    for k in range(0, len(taps), TAPS):
        at, m = sums_at + k * step, 0
        while m + GRADIENT_OUTPUTS * LANES <= step:
            tile = load(zero(x, TAPS, GRADIENT_OUTPUTS), sums, at + m, step)
            for r in range(rows):
                for q in range(columns):
                    tile = add_outer(
                        tile, x, x_at + r * row_step + q, taps, k,
                        turned, (r * columns + q) * step + m, lanes, 0,
                    )  # fmt: skip
            save(tile, sums, at + m, step)
            m += GRADIENT_OUTPUTS * LANES
        while m < step:
            narrow = load(zero(x, TAPS, 1), sums, at + m, step)
            for r in range(rows):
                for q in range(columns):
                    narrow = add_outer(
                        narrow, x, x_at + r * row_step + q, taps, k,
                        turned, (r * columns + q) * step + m, lanes, 0,
                    )  # fmt: skip
            save(narrow, sums, at + m, step)
            m += LANES


@kernel
def add_up(begin: int, end: int, its: Any, rows: int, sums: Array, dweight: Array) -> None:
    """dweight += the sums of all lanes, in their order, for outputs `begin` to `end`.

    rows  of an item's sums, its taps in whole tiles
    """
    s = GradientSizes(*its)
    step = -(-s.outputs // LANES) * LANES
    for output in range(begin, end):
        g, m = divmod(output, s.outputs)
        for part in range(s.parts):
            first = min(part * s.part, s.channels - s.part)
            done = (part * s.part - first) * s.taps  # by the part before
            to = (output * s.channels + first) * s.taps
            for k in range(done, s.part * s.taps):
                total = dweight.dtype.type(0)
                for lane in range(s.lanes):
                    item = (lane * s.groups + g) * s.parts + part
                    total += sums[(item * rows + k) * step + m]
                dweight[to + k] += total


@kernel
def by_plane(
    begin: int, end: int, its: Any, x: Array, dy: Array, taps: IntArray,
    split_phases: IntArray, split_stride: IntArray, split_first: IntArray,
    planes: Array, padded: Array, sums: Array, dweight: Array,
) -> None:  # fmt: skip
    """dweight += the gradients of groups `begin` to `end`, of one channel and one output each."""
    s = GradientSizes(*its)
    step = -(-s.columns // LANES) * LANES
    whole, once, start = np.zeros((1, 2), np.int64), np.ones(2, np.int64), np.zeros(2, np.int64)
    for g in range(begin, end):
        sums[:] = 0
        for n in range(s.images):
            plane = n * s.groups + g
            split(
                x, plane * s.x_height * s.x_width, 1, s.x_height, s.x_width, planes, 0,
                split_phases, s.plane_rows, s.plane_columns, split_stride, split_first, 0,
            )  # fmt: skip
            split(
                dy, plane * s.rows * s.columns, 1, s.rows, s.columns, padded, 0, whole,
                s.rows, step, once, start, 0,
            )  # fmt: skip
            for t in range(0, len(taps), PLANE_TAPS):
                tile = load(zero(x, PLANE_TAPS, 1), sums, t * LANES, LANES)
                for r in range(s.rows):
                    for q in range(0, step, LANES):
                        tile = add_products(
                            tile, planes, r * s.plane_columns + q, taps, t, padded, r * step + q
                        )
                save(tile, sums, t * LANES, LANES)
        for t in range(s.taps):
            total = dweight.dtype.type(0)
            for lane in range(LANES):
                total += sums[t * LANES + lane]
            dweight[g * s.taps + t] += total

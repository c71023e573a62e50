"""Convolution without columns: sums over taps, kept in registers.

    y[m, place] = sum over channels and taps of weight * what the tap sees from that place

Where a tap looks is a number to be added to the place: images are laid out with their padding,
pixels of one phase together (see `layout.split`), so that neighbours in the output look at
neighbours. What varies from one use to another is in the tables of `ops/plans/`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.ops.compiled.kernel import kernel
from blobnet.ops.compiled.layout import fold, join, split
from blobnet.ops.compiled.tile import add, add_outer, store, zero
from blobnet.ops.plans.correlation import Sizes
from blobnet.ops.plans.folding import FoldingSizes
from blobnet.ops.tiles import LANES, OUTPUTS, PLACES, PLANE_PLACES
from blobnet.types import Array, IntArray

TERMS = 320
"""Terms of a sum that are added one by one; longer sums are added up from parts, more exactly."""

WEIGHTS = 2**16
"""Weights that stay in a processor's cache while all places go by."""


@kernel
def correlate(
    weight: Array, weight_at: int, weight_rows: IntArray, weight_step: int, weight_taps: IntArray,
    x: Array, x_at: int, x_step: int, x_taps: IntArray, tap: int, last: int, channels: int,
    places: IntArray, bias: Array, bias_at: int, biases: IntArray, slope: float,
    y: Array, y_at: int, y_rows: IntArray, y_places: IntArray, begin: int, end: int, width: int,
) -> None:  # fmt: skip
    """Outputs `begin` to `end` at all places: sums over channels and taps `tap` to `last`."""
    parts = max(1, -(-channels * (last - tap) // TERMS))
    part = max(1, -(-channels // parts))
    step = max(1, WEIGHTS // (channels * (last - tap) * OUTPUTS + 1)) * OUTPUTS
    for some in range(begin, end, step):
        for v in range(0, len(places), PLACES):
            for m in range(some, min(some + step, end), OUTPUTS):
                tile = zero(y, OUTPUTS, PLACES)
                if last - tap == 1:  # a loop of its own: around another, registers are moved about
                    w, b = weight_at + weight_taps[tap], x_at + x_taps[tap]
                    for c in range(part):
                        tile = add_outer(
                            tile, weight, w + c * weight_step, weight_rows, m,
                            x, b + c * x_step, places, v,
                        )  # fmt: skip
                else:
                    for c in range(part):
                        w, b = weight_at + c * weight_step, x_at + c * x_step
                        for t in range(tap, last):
                            tile = add_outer(
                                tile, weight, w + weight_taps[t], weight_rows, m,
                                x, b + x_taps[t], places, v,
                            )  # fmt: skip
                for first in range(part, channels, part):
                    more = _add_channels(
                        zero(y, OUTPUTS, PLACES), weight, weight_at, weight_rows, weight_step,
                        weight_taps, m, x, x_at, x_step, x_taps, tap, last,
                        first, min(first + part, channels), places, v,
                    )  # fmt: skip
                    tile = add(tile, more)
                store(tile, bias, bias_at, slope, y, y_at, y_rows, biases, m, y_places, v, width)


@kernel
def _add_channels(
    tile: Any, weight: Array, weight_at: int, weight_rows: IntArray, weight_step: int,
    weight_taps: IntArray, m: int, x: Array, x_at: int, x_step: int, x_taps: IntArray,
    tap: int, last: int, begin: int, end: int, places: IntArray, v: int,
) -> Any:  # fmt: skip
    """The tile plus the sums over channels `begin` to `end`, and taps `tap` to `last`."""
    if last - tap == 1:
        w, b = weight_at + weight_taps[tap], x_at + x_taps[tap]
        for c in range(begin, end):
            tile = add_outer(
                tile, weight, w + c * weight_step, weight_rows, m, x, b + c * x_step, places, v
            )
        return tile
    for c in range(begin, end):
        w, b = weight_at + c * weight_step, x_at + c * x_step
        for t in range(tap, last):
            tile = add_outer(
                tile, weight, w + weight_taps[t], weight_rows, m, x, b + x_taps[t], places, v
            )
    return tile


@kernel
def correlate_by_output(
    weight: Array, weight_at: int, weight_rows: IntArray, weight_step: int, weight_taps: IntArray,
    x: Array, x_at: int, x_step: int, x_taps: IntArray, tap: int, last: int, channels: int,
    places: IntArray, bias: Array, bias_at: int, biases: IntArray, slope: float,
    y: Array, y_at: int, y_rows: IntArray, y_places: IntArray, begin: int, end: int, width: int,
) -> None:  # fmt: skip
    """`correlate` for groups of few outputs: one at a time, with more places in the tile."""
    for m in range(begin, end):
        for v in range(0, len(places), PLANE_PLACES):
            tile = zero(y, 1, PLANE_PLACES)
            for c in range(channels):
                w, b = weight_at + c * weight_step, x_at + c * x_step
                for t in range(tap, last):
                    tile = add_outer(
                        tile, weight, w + weight_taps[t], weight_rows, m,
                        x, b + x_taps[t], places, v,
                    )  # fmt: skip
            store(tile, bias, bias_at, slope, y, y_at, y_rows, biases, m, y_places, v, width)


@kernel
def by_item(
    begin: int, end: int, its: Any,
    x: Array, weight: Array, bias: Array, slope: float, y: Array,
    weight_rows: IntArray, weight_taps: IntArray, x_taps: IntArray, x_places: IntArray,
    y_rows: IntArray, y_places: IntArray, biases: IntArray,
    split_phases: IntArray, split_stride: IntArray, split_first: IntArray,
    join_phases: IntArray, join_stride: IntArray, tap_ends: IntArray,
    planes: Array, results: Array,
) -> None:  # fmt: skip
    """Work on items `begin` to `end`: each some images, a strip, a group, a block of outputs."""
    s = Sizes(*its)
    x_image, y_image = s.x_height * s.x_width, s.y_height * s.y_width
    x_step = x_image if s.is_direct else len(split_phases) * s.plane_rows * s.plane_columns
    for item in range(begin, end):
        rest, block = divmod(item, s.blocks)
        rest, g = divmod(rest, s.groups)
        part, strip = divmod(rest, s.strips)
        n = min(part * s.images_at_once, s.images - s.images_at_once)
        row = min(strip * s.strip, s.out_rows - s.strip)
        source, x_at = x, (n * s.groups + g) * s.channels * x_image + row * s.x_width
        if not s.is_direct:
            for i in range(s.images_at_once):
                split(
                    x, ((n + i) * s.groups + g) * s.channels * x_image, s.channels, s.x_height,
                    s.x_width, planes, i * s.channels * x_step, split_phases, s.plane_rows,
                    s.plane_columns, split_stride, split_first, row,
                )  # fmt: skip
            source, x_at = planes, 0
        low, high = block * s.block, min((block + 1) * s.block, len(weight_rows))
        target, y_at = y, (n * s.groups + g) * s.outputs * y_image + row * s.y_width
        tap = 0
        for f in range(len(tap_ends)):
            if s.is_joined:
                target, y_at = results, f * s.outputs * s.strip * s.out_columns
            if s.by_output:
                correlate_by_output(
                    weight, g * s.weight_group, weight_rows, s.weight_step, weight_taps,
                    source, x_at, x_step, x_taps, tap, tap_ends[f], s.channels, x_places,
                    bias, g * s.bias_group, biases, slope,
                    target, y_at, y_rows, y_places, low, high, s.width,
                )  # fmt: skip
            else:
                correlate(
                    weight, g * s.weight_group, weight_rows, s.weight_step, weight_taps,
                    source, x_at, x_step, x_taps, tap, tap_ends[f], s.channels, x_places,
                    bias, g * s.bias_group, biases, slope,
                    target, y_at, y_rows, y_places, low, high, s.width,
                )  # fmt: skip
            tap = tap_ends[f]
        if s.is_joined:
            join(
                results, s.outputs, join_phases, s.strip, s.out_columns, y,
                (n * s.groups + g) * s.outputs * y_image, s.y_height, s.y_width, join_stride, row,
            )  # fmt: skip


@kernel
def by_plane(
    begin: int, end: int, its: Any,
    x: Array, weight: Array, bias: Array, slope: float, y: Array,
    weight_rows: IntArray, weight_taps: IntArray, x_taps: IntArray, x_places: IntArray,
    y_rows: IntArray, y_places: IntArray, biases: IntArray,
    split_phases: IntArray, split_stride: IntArray, split_first: IntArray,
    join_phases: IntArray, join_stride: IntArray, tap_ends: IntArray,
    planes: Array, results: Array,
) -> None:  # fmt: skip
    """`by_item` for groups of one channel and one output (depthwise): each item is a plane."""
    s = Sizes(*its)
    x_image, y_image = s.x_height * s.x_width, s.y_height * s.y_width
    for item in range(begin, end):
        g = item % s.groups
        split(
            x, item * x_image, 1, s.x_height, s.x_width, planes, 0, split_phases,
            s.plane_rows, s.plane_columns, split_stride, split_first, 0,
        )  # fmt: skip
        target, y_at, tap = y, item * y_image, 0
        for f in range(len(tap_ends)):
            if s.is_joined:
                target, y_at = results, f * s.strip * s.out_columns
            for v in range(0, len(x_places), PLANE_PLACES):
                tile = zero(y, 1, PLANE_PLACES)
                for t in range(tap, tap_ends[f]):
                    tile = add_outer(
                        tile, weight, g * s.weight_group + weight_taps[t], weight_rows, 0,
                        planes, x_taps[t], x_places, v,
                    )  # fmt: skip
                store(
                    tile, bias, g * s.bias_group, slope, target, y_at, y_rows, biases, 0,
                    y_places, v, s.width,
                )  # fmt: skip
            tap = tap_ends[f]
        if s.is_joined:
            join(
                results, 1, join_phases, s.strip, s.out_columns, y, item * y_image,
                s.y_height, s.y_width, join_stride, 0,
            )  # fmt: skip


@kernel
def by_columns(
    begin: int, end: int, its: Any, dy: Array, weight: Array, x: Array,
    weight_rows: IntArray, places: IntArray, column_rows: IntArray, columns: Array,
) -> None:  # fmt: skip
    """The gradient of x for items `begin` to `end`: each an image, a group, some channels.

    First what every tap gives back to all places, as columns; then all taps added up.
    """
    s = FoldingSizes(*its)
    taps, count = s.kernel_height * s.kernel_width, s.rows * s.columns
    no_bias, zeros = np.zeros(1, x.dtype), np.zeros(len(weight_rows), np.int64)
    slope = x.dtype.type(1)
    for item in range(begin, end):
        image, part = divmod(item, s.parts)
        g = image % s.groups
        first = min(part * s.part, s.channels - s.part)
        correlate(
            weight, (g * s.outputs * s.channels + first) * taps, weight_rows, s.channels * taps,
            zeros, dy, image * s.outputs * count, count, zeros, 0, 1, s.outputs, places,
            no_bias, 0, zeros, slope, columns, 0, column_rows, places, 0, len(weight_rows), LANES,
        )  # fmt: skip
        done = part * s.part - first  # channels that the part before folds
        fold(
            columns[done * taps * count :],
            s.rows,
            s.columns,
            s.part - done,
            x,
            (image * s.channels + first + done) * s.x_height * s.x_width,
            s.x_height,
            s.x_width,
            s.kernel_height,
            s.kernel_width,
            s.stride_down,
            s.stride_across,
            s.pad_above,
            s.pad_left,
            s.dilation_down,
            s.dilation_across,
        )

"""Convolution without columns: sums over taps, kept in registers.

    y[m, place] = sum over k of weight[m, k] * what the tap k sees from that place

Where a tap looks is a number to be added to the place: images are laid out with their padding,
pixels of one phase together (see `split`), so that neighbours in the output look at neighbours.
The gradient of the input is the same sum with the roles exchanged, the gradient of the weights
sums over places instead of taps. What varies from one use to another is in the tables that
`ops/direct_conv.py` makes.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.compiled.kernel import kernel
from blobnet.ops.compiled.tile import (
    LANES, add, add_outer, add_products, clear, copy, copy_every_second, load, save, store, transpose, zero,
)  # fmt: skip
from blobnet.types import Array, IntArray

ROWS, COLUMNS = 6, 4
"""The tile of the sums over taps: outputs by vectors of places."""

TERMS = 320
"""Terms of a sum that are added one by one; longer sums are added up from parts, more exactly."""

WEIGHTS = 2**16
"""Weights that stay in the cache while all places go by."""

WIDE_COLUMNS = 8
"""Vectors of places in a tile of a single output, for groups that have only one or two."""

GRADIENT_ROWS, GRADIENT_COLUMNS = 8, 3
"""The tile of the weights' gradients: taps by vectors of outputs."""

PLANE_ROWS = 9
"""Taps in the tile of the weights' gradients of one plane, as many as a 3x3 kernel has."""


@kernel
def split(
    x: Array, x_at: int, channels: int, height: int, width: int,
    planes: Array, planes_at: int, phases: IntArray, rows: int, columns: int,
    stride: IntArray, first: IntArray,
) -> None:  # fmt: skip
    """Sort images into planes by phase: planes[c, f, r, q] = x[c, r * sy + a, q * sx + b].

    (a, b) is phases[f] + first; zeros where there is no such pixel. Whole vectors are written,
    from front to back, so what one writes too much the next overwrites, and some lanes behind
    the planes lose their values.
    """
    sy, sx = stride[0], stride[1]
    to = planes_at
    last = len(x) - LANES
    for c in range(channels):
        for f in range(len(phases)):
            a, b = phases[f, 0] + first[0], phases[f, 1] + first[1]
            begin = min(max(0, -(b // sx)), columns)
            end = max(begin, min(columns, -((b - width) // sx)))
            for r in range(rows):
                y = r * sy + a
                if y < 0 or y >= height:
                    begin_, end_ = columns, columns
                else:
                    begin_, end_ = begin, end
                for q in range(0, begin_, LANES):
                    clear(planes, to + q)
                source = x_at + (c * height + y) * width + b
                if sx == 1 and source + end_ <= last:
                    for q in range(begin_, end_, LANES):
                        copy(x, source + q, planes, to + q)
                elif sx == 2 and source + 2 * end_ <= last - LANES:
                    for q in range(begin_, end_, LANES):
                        copy_every_second(x, source + 2 * q, planes, to + q)
                else:
                    for q in range(begin_, end_):
                        planes[to + q] = x[source + q * sx]
                for q in range(end_, columns, LANES):
                    clear(planes, to + q)
                to += columns


@kernel
def join(
    planes: Array, planes_at: int, outputs: int, phases: IntArray, rows: int, columns: int,
    y: Array, y_at: int, height: int, width: int, stride: IntArray, first_row: int,
) -> None:  # fmt: skip
    """The reverse of `split`: y[m, r * sy + a, q * sx + b] = planes[f, m, r, q].

    (a, b) is phases[f]; rows count from `first_row`; what falls outside of y is left out.
    """
    sy, sx = stride[0], stride[1]
    source = planes_at
    for f in range(len(phases)):
        a, b = phases[f, 0], phases[f, 1]
        begin = min(max(0, -(b // sx)), columns)
        end = max(begin, min(columns, -((b - width) // sx)))
        for m in range(outputs):
            for r in range(rows):
                row = planes[source : source + columns]
                source += columns
                line = (first_row + r) * sy + a
                if line < 0 or line >= height:
                    continue
                to = y_at + (m * height + line) * width + begin * sx + b
                for q in range(begin, end):
                    y[to] = row[q]
                    to += sx


@kernel
def correlate(
    weight: Array, weight_at: int, weight_rows: IntArray, weight_step: int, weight_taps: IntArray,
    x: Array, x_at: int, x_step: int, x_taps: IntArray, tap: int, last: int, channels: int,
    places: IntArray, bias: Array, bias_at: int, bias_rows: IntArray, slope: float,
    y: Array, y_at: int, y_rows: IntArray, y_places: IntArray, begin: int, end: int, width: int,
) -> None:  # fmt: skip
    """Outputs `begin` to `end` at all places: sums over channels and taps `tap` to `last`."""
    parts = max(1, -(-channels * (last - tap) // TERMS))
    part = max(1, -(-channels // parts))
    step = max(1, WEIGHTS // (channels * (last - tap) * ROWS + 1)) * ROWS
    for some in range(begin, end, step):
        for v in range(0, len(places), COLUMNS):
            for m in range(some, min(some + step, end), ROWS):
                total = zero(y, ROWS, COLUMNS)
                for first in range(0, channels, part):
                    tile = zero(y, ROWS, COLUMNS)
                    for c in range(first, min(first + part, channels)):
                        w, b = weight_at + c * weight_step, x_at + c * x_step
                        for t in range(tap, last):
                            tile = add_outer(
                                tile, weight, w + weight_taps[t], weight_rows, m,
                                x, b + x_taps[t], places, v,
                            )  # fmt: skip
                    total = add(total, tile)
                store(total, bias, bias_at, slope, y, y_at, y_rows, bias_rows, m, y_places, v, width)


@kernel
def correlate_one(
    weight: Array, weight_at: int, weight_rows: IntArray, weight_step: int, weight_taps: IntArray,
    x: Array, x_at: int, x_step: int, x_taps: IntArray, tap: int, last: int, channels: int,
    places: IntArray, bias: Array, bias_at: int, bias_rows: IntArray, slope: float,
    y: Array, y_at: int, y_rows: IntArray, y_places: IntArray, begin: int, end: int, width: int,
) -> None:  # fmt: skip
    """`correlate` for groups of few outputs: one at a time, with more places in the tile."""
    for m in range(begin, end):
        for v in range(0, len(places), WIDE_COLUMNS):
            tile = zero(y, 1, WIDE_COLUMNS)
            for c in range(channels):
                w, b = weight_at + c * weight_step, x_at + c * x_step
                for t in range(tap, last):
                    tile = add_outer(
                        tile, weight, w + weight_taps[t], weight_rows, m,
                        x, b + x_taps[t], places, v,
                    )  # fmt: skip
            store(tile, bias, bias_at, slope, y, y_at, y_rows, bias_rows, m, y_places, v, width)


@kernel
def run(
    begin: int, end: int, sizes: IntArray, one: bool,
    x: Array, weight: Array, bias: Array, slope: float, y: Array,
    weight_rows: IntArray, weight_taps: IntArray, x_taps: IntArray, places: IntArray,
    y_rows: IntArray, y_places: IntArray, bias_rows: IntArray,
    split_phases: IntArray, split_stride: IntArray, split_first: IntArray,
    join_phases: IntArray, join_stride: IntArray, tap_ends: IntArray,
    planes: Array, results: Array,
) -> None:  # fmt: skip
    """Work on items `begin` to `end`: each some images, rows, a group, some outputs."""
    (images, at_once, groups, channels, outputs, strips, strip, blocks, block,
     x_height, x_width, plane_rows, plane_columns, y_height, y_width, out_rows, out_columns,
     weight_group, weight_step, bias_group, is_direct, is_joined, width) = sizes  # fmt: skip
    x_image, y_image = x_height * x_width, y_height * y_width
    source_step = x_image if is_direct else len(split_phases) * plane_rows * plane_columns
    first = np.empty(2, np.int64)
    for item in range(begin, end):
        part, b = divmod(item, blocks)
        part, g = divmod(part, groups)
        n, s = divmod(part, strips)
        n, r = min(n * at_once, images - at_once), min(s * strip, out_rows - strip)
        source, x_at = x, (n * groups + g) * channels * x_image + r * x_width
        if not is_direct:
            first[0], first[1] = split_first[0] + r * split_stride[0], split_first[1]
            for i in range(at_once):
                split(
                    x, ((n + i) * groups + g) * channels * x_image, channels, x_height, x_width,
                    planes, i * channels * source_step, split_phases, plane_rows, plane_columns,
                    split_stride, first,
                )  # fmt: skip
            source, x_at = planes, 0
        low, high = b * block, min((b + 1) * block, len(weight_rows))
        y_at = (n * groups + g) * outputs * y_image + r * y_width
        target, target_at = y, y_at
        tap = 0
        for f in range(len(tap_ends)):
            if is_joined:
                target, target_at = results, f * outputs * strip * out_columns
            last = tap_ends[f]
            if one:
                correlate_one(
                    weight, g * weight_group, weight_rows, weight_step, weight_taps,
                    source, x_at, source_step, x_taps, tap, last, channels, places,
                    bias, g * bias_group, bias_rows, slope,
                    target, target_at, y_rows, y_places, low, min(high, outputs), width,
                )  # fmt: skip
            else:
                correlate(
                    weight, g * weight_group, weight_rows, weight_step, weight_taps,
                    source, x_at, source_step, x_taps, tap, last, channels, places,
                    bias, g * bias_group, bias_rows, slope,
                    target, target_at, y_rows, y_places, low, high, width,
                )  # fmt: skip
            tap = last
        if is_joined:
            join(
                results, 0, outputs, join_phases, strip, out_columns,
                y, (n * groups + g) * outputs * y_image, y_height, y_width, join_stride, r,
            )  # fmt: skip


@kernel
def run_planes(
    begin: int, end: int, sizes: IntArray,
    x: Array, weight: Array, bias: Array, slope: float, y: Array,
    weight_taps: IntArray, x_taps: IntArray, places: IntArray, y_places: IntArray,
    split_phases: IntArray, split_stride: IntArray, split_first: IntArray,
    join_phases: IntArray, join_stride: IntArray, tap_ends: IntArray,
    planes: Array, results: Array,
) -> None:  # fmt: skip
    """`run` for groups of one channel and one output, each item a plane (depthwise)."""
    (images, at_once, groups, channels, outputs, strips, strip, blocks, block,
     x_height, x_width, plane_rows, plane_columns, y_height, y_width, out_rows, out_columns,
     weight_group, weight_step, bias_group, is_direct, is_joined, width) = sizes  # fmt: skip
    nothing = np.zeros(1, np.int64)
    for item in range(begin, end):
        g = item % groups
        split(
            x, item * x_height * x_width, 1, x_height, x_width, planes, 0, split_phases,
            plane_rows, plane_columns, split_stride, split_first,
        )  # fmt: skip
        tap = 0
        for f in range(len(tap_ends)):
            target, target_at = y, item * y_height * y_width
            if is_joined:
                target, target_at = results, f * strip * out_columns
            for v in range(0, len(places), WIDE_COLUMNS):
                tile = zero(y, 1, WIDE_COLUMNS)
                for t in range(tap, tap_ends[f]):
                    tile = add_outer(
                        tile, weight, g * weight_group + weight_taps[t], nothing, 0,
                        planes, x_taps[t], places, v,
                    )  # fmt: skip
                store(
                    tile, bias, g * bias_group, slope, target, target_at, nothing, nothing, 0,
                    y_places, v, width,
                )  # fmt: skip
            tap = tap_ends[f]
        if is_joined:
            join(
                results, 0, 1, join_phases, strip, out_columns, y, item * y_height * y_width,
                y_height, y_width, join_stride, 0,
            )  # fmt: skip


@kernel
def fold(
    columns: Array, rows: int, width: int, channels: int,
    x: Array, x_at: int, x_height: int, x_width: int, window: IntArray,
) -> None:  # fmt: skip
    """x = every tap's row of columns, (rows, width) places, added where the tap has looked."""
    kernel_h, kernel_w, sy, sx, top, left, dy, dx = window
    for i in range(x_at, x_at + channels * x_height * x_width):
        x[i] = 0
    source = 0
    for c in range(channels):
        for ky in range(kernel_h):
            for kx in range(kernel_w):
                b = kx * dx - left
                begin = min(max(0, -(b // sx)), width)
                end = max(begin, min(width, -((b - x_width) // sx)))
                for r in range(rows):
                    y = r * sy + ky * dy - top
                    if y >= 0 and y < x_height:
                        to = x_at + (c * x_height + y) * x_width + b
                        if sx == 1:
                            target = x[to + begin : to + end]
                            part = columns[source + begin : source + end]
                            for q in range(len(target)):
                                target[q] += part[q]
                        else:
                            for q in range(begin, end):
                                x[to + q * sx] += columns[source + q]
                    source += width


@kernel
def run_folded(
    begin: int, end: int, sizes: IntArray, dy: Array, weight: Array, x: Array,
    weight_rows: IntArray, places: IntArray, y_rows: IntArray, window: IntArray, columns: Array,
) -> None:  # fmt: skip
    """The gradient of x for items `begin` to `end`: an image, a group, some channels.

    First what every tap gives back, for all places, then all taps added up.
    """
    groups, channels, outputs, parts, part, rows, width, x_height, x_width = sizes
    taps, count, x_image = window[0] * window[1], rows * width, x_height * x_width
    nothing, none = np.zeros(1, x.dtype), np.zeros_like(weight_rows)
    tap = np.zeros(1, np.int64)
    for item in range(begin, end):
        image, c = divmod(item, parts)
        n, g = divmod(image, groups)
        first = min(c * part, channels - part)
        correlate(
            weight, (g * outputs * channels + first) * taps, weight_rows, channels * taps, tap,
            dy, image * outputs * count, count, tap, 0, 1, outputs, places,
            nothing, 0, none, x.dtype.type(1),
            columns, 0, y_rows, places, 0, len(weight_rows), LANES,
        )  # fmt: skip
        fold(
            columns, rows, width, part, x, (image * channels + first) * x_image,
            x_height, x_width, window,
        )  # fmt: skip


# --- the gradient of the weights ------------------------------------------------------------------


@kernel
def turn(y: Array, y_at: int, outputs: int, places: int, turned: Array, step: int) -> None:
    """turned[p * step + m] = y[m, p]: all outputs of a place side by side, zeros behind them."""
    whole = places - places % LANES
    for m in range(0, outputs - outputs % LANES, LANES):
        for p in range(0, whole, LANES):
            transpose(y, y_at + m * places + p, places, turned, p * step + m, step)
        for p in range(whole, places):
            for i in range(m, m + LANES):
                turned[p * step + i] = y[y_at + i * places + p]
    for p in range(places):
        for m in range(outputs - outputs % LANES, outputs):
            turned[p * step + m] = y[y_at + m * places + p]
        for m in range(outputs, step):
            turned[p * step + m] = 0


@kernel
def add_places(
    x: Array, x_at: int, taps: IntArray, row_step: int, rows: int, columns: int,
    turned: Array, step: int, sums: Array, sums_at: int,
) -> None:  # fmt: skip
    """sums[k, m] += sum over places of x at tap k from there * what is turned there."""
    lanes = np.arange(GRADIENT_COLUMNS) * LANES
    for k in range(0, len(taps), GRADIENT_ROWS):
        at = sums_at + k * step
        m = 0
        while m + GRADIENT_COLUMNS * LANES <= step:
            tile = load(zero(x, GRADIENT_ROWS, GRADIENT_COLUMNS), sums, at + m, step)
            for r in range(rows):
                for q in range(columns):
                    place = (r * columns + q) * step + m
                    tile = add_outer(
                        tile, x, x_at + r * row_step + q, taps, k, turned, place, lanes, 0
                    )
            save(tile, sums, at + m, step)
            m += GRADIENT_COLUMNS * LANES
        while m < step:
            narrow = load(zero(x, GRADIENT_ROWS, 1), sums, at + m, step)
            for r in range(rows):
                for q in range(columns):
                    place = (r * columns + q) * step + m
                    narrow = add_outer(
                        narrow, x, x_at + r * row_step + q, taps, k, turned, place, lanes, 0
                    )
            save(narrow, sums, at + m, step)
            m += LANES


@kernel
def gradient(
    begin: int, end: int, sizes: IntArray, x: Array, dy: Array, taps: IntArray,
    split_phases: IntArray, split_stride: IntArray, split_first: IntArray,
    planes: Array, turned: Array, sums: Array,
) -> None:  # fmt: skip
    """The weights' gradients of items `begin` to `end`: a lane of images, a group, some channels.

    sums[lane, group, part] (taps in whole tiles, outputs in whole vectors) is written.
    """
    (images, lanes, groups, channels, parts, part, outputs, x_height, x_width, plane_rows,
     plane_columns, rows, columns, is_direct, taps_of_channel) = sizes  # fmt: skip
    step = -(-outputs // LANES) * LANES
    x_image, places = x_height * x_width, rows * columns
    padded = -(-len(taps) // GRADIENT_ROWS) * GRADIENT_ROWS
    for item in range(begin, end):
        rest, c = divmod(item, parts)
        lane, g = divmod(rest, groups)
        sums_at = item * padded * step
        sums[sums_at : sums_at + padded * step] = 0
        first = min(c * part, channels - part)
        for n in range(lane, images, lanes):
            source, x_at, row_step = x, ((n * groups + g) * channels + first) * x_image, x_width
            if not is_direct:
                split(
                    x, x_at, part, x_height, x_width, planes, 0, split_phases,
                    plane_rows, plane_columns, split_stride, split_first,
                )  # fmt: skip
                source, x_at, row_step = planes, 0, plane_columns
            turn(dy, (n * groups + g) * outputs * places, outputs, places, turned, step)
            add_places(
                source, x_at, taps, row_step, rows, columns, turned, step, sums, sums_at
            )


@kernel
def add_sums(
    begin: int, end: int, sizes: IntArray, padded: int, sums: Array, dweight: Array
) -> None:
    """dweight += the sums of all lanes, in their order, for outputs `begin` to `end`."""
    (images, lanes, groups, channels, parts, part, outputs, x_height, x_width, plane_rows,
     plane_columns, rows, columns, is_direct, taps_of_channel) = sizes  # fmt: skip
    step = -(-outputs // LANES) * LANES
    for output in range(begin, end):
        g, m = divmod(output, outputs)
        to = output * channels * taps_of_channel
        for c in range(parts):
            first = min(c * part, channels - part)
            skip = c * part - first  # channels that the part before has done
            for k in range(skip * taps_of_channel, part * taps_of_channel):
                total = dweight.dtype.type(0)
                for lane in range(lanes):
                    item = (lane * groups + g) * parts + c
                    total += sums[(item * padded + k) * step + m]
                dweight[to + first * taps_of_channel + k] += total


@kernel
def gradient_of_planes(
    begin: int, end: int, sizes: IntArray, x: Array, dy: Array, taps: IntArray,
    split_phases: IntArray, split_stride: IntArray, split_first: IntArray,
    planes: Array, padded: Array, sums: Array, dweight: Array,
) -> None:  # fmt: skip
    """dweight += the gradients of groups `begin` to `end`, of one channel and one output each."""
    (images, lanes, groups, channels, parts, part, outputs, x_height, x_width, plane_rows,
     plane_columns, rows, columns, is_direct, taps_of_channel) = sizes  # fmt: skip
    step = -(-columns // LANES) * LANES
    whole = np.zeros((1, 2), np.int64)
    once, start = np.ones(2, np.int64), np.zeros(2, np.int64)
    for g in range(begin, end):
        sums[:] = 0
        for n in range(images):
            plane = n * groups + g
            split(
                x, plane * x_height * x_width, 1, x_height, x_width, planes, 0, split_phases,
                plane_rows, plane_columns, split_stride, split_first,
            )  # fmt: skip
            split(
                dy, plane * rows * columns, 1, rows, columns, padded, 0, whole, rows, step,
                once, start,
            )  # fmt: skip
            for t in range(0, len(taps), PLANE_ROWS):
                tile = load(zero(x, PLANE_ROWS, 1), sums, t * LANES, LANES)
                for r in range(rows):
                    for q in range(0, step, LANES):
                        tile = add_products(
                            tile, planes, r * plane_columns + q, taps, t, padded, r * step + q
                        )
                save(tile, sums, t * LANES, LANES)
        for t in range(taps_of_channel):
            total = dweight.dtype.type(0)
            for lane in range(LANES):
                total += sums[t * LANES + lane]
            dweight[g * taps_of_channel + t] += total

"""The gradient of a convolution's weights: sums over places, kept in registers.

    dweight[m, c, tap] += sum over images and places of dy[m, place] * what the tap sees from there

A tile holds some channels by some vectors of outputs, so dy is transposed first: all outputs of a
place side by side, in panels as wide as a tile. A tap that sees padding has nothing to add there,
so x is read as it lies. Where there are few channels, tiles hold taps instead: what each of them
sees is first laid out in a line. The tables are those of `ops/conv/weight_gradient_plan.py`.
"""

from __future__ import annotations

from typing import Any

from blobnet.ops.conv.packing_kernel import pack_transposed, space_to_depth
from blobnet.ops.conv.weight_gradient_plan import WeightGradient
from blobnet.ops.simd.isa import LANES, TILES_AT_ONCE
from blobnet.ops.simd.kernel import inlined, kernel
from blobnet.ops.simd.microkernel import add_gradients
from blobnet.ops.simd.register_tile import GRADIENT_MR
from blobnet.ops.simd.tile import zero_wide
from blobnet.ops.simd.vector import load, splat, store, transpose
from blobnet.types import Array, IntArray


@kernel
def by_item(
    begin: int, end: int, plan: WeightGradient, x: Array, dy: Array, planes: Array, lines: Array,
    turned: Array, sums: Array,
) -> None:  # fmt: skip
    """The sums of items `begin` to `end`: each an image group, a group, a part of its weights.

    Parts are tiles, or panels of outputs; those that follow one another are done together.
    Images and strips follow one another in the order in which their places are added.
    """
    s, panels = plan.sizes, plan.panels
    image, x_image = s.rows * s.columns, s.x_height * s.x_width
    step, x_step = s.groups * s.outputs * image, s.groups * s.channels * x_image
    down, across = s.stride_down * s.x_width, s.stride_across
    item = begin
    while item < end:
        both_groups, part = divmod(item, s.parts)
        image_group, g = divmod(both_groups, s.groups)
        parts = min(end - item, s.parts - part)
        item += parts
        tiles, some_panels = (part, part + parts), panels
        if s.by_outputs:
            tiles, some_panels = (0, s.tiles), panels[part : part + parts + 1]
        sums_at, is_first = both_groups * s.sum_rows * s.sum_columns, True
        for n in range(image_group, s.images, s.image_groups * s.at_once):
            images = min(s.at_once, -(-(s.images - n) // s.image_groups))
            x_at, at = n * x_step + g * s.channels * x_image, n * step + g * s.outputs * image
            for r in range(0, s.rows, s.strip_rows):
                for q in range(0, s.columns, s.strip_columns):
                    rows = min(s.strip_rows, s.rows - r)
                    columns = min(s.strip_columns, s.columns - q)
                    strip = images, r, rows, q, columns
                    patches, patches_at, patches_strip = x, x_at + r * down + q * across, strip
                    steps = s.image_groups * x_step, x_image, down, across
                    if not s.by_tap:
                        _lay_strip(
                            x, x_at, s.image_groups * x_step, s.channels, s.x_height, s.x_width,
                            strip, plan.taps, s.taps, tiles, plan.x_subgrids, plan.x_stride,
                            plan.x_first, planes, s.plane_rows, s.plane_columns, lines, s.line,
                        )  # fmt: skip
                        patches, patches_at = lines, 0
                        patches_strip = 1, 0, 1, 0, images * rows * columns
                        steps = 0, s.line, 0, 1
                    _add_strip(
                        dy, at + r * s.columns + q, image, s.image_groups * step, s.outputs, strip,
                        some_panels, turned, patches, patches_at, steps, s.sum_channels,
                        plan.tap_ranges,
                        patches_strip, tiles, sums, sums_at, s.sum_rows, is_first,
                    )  # fmt: skip
                    is_first = False


@inlined
def _lay_strip(
    x: Array, x_at: int, x_step: int, channels: int, height: int, width: int,
    strip: Any, taps: IntArray, channel_taps: int, tiles: Any,
    x_subgrids: IntArray, x_stride: IntArray, x_first: IntArray,
    planes: Array, plane_rows: int, plane_columns: int, lines: Array, line_step: int,
) -> None:  # fmt: skip
    """Lines of the taps of some tiles: what they see from all places of a strip, side by side.

    Where a row is shorter than a vector, a whole one is read and written: the next row writes
    over it, and what stands behind a line is lost.
    """
    images, r, rows, q, columns = strip
    source, source_at, row_step = x, x_at + r * width + q, width
    if len(planes) > 0:
        source, source_at, row_step = planes, r * plane_columns + q, plane_columns
    runs, run = rows, columns
    if row_step == columns:
        runs, run = 1, rows * columns
    last = max(run - LANES, 0)
    channel = tiles[0] * GRADIENT_MR // channel_taps
    some = min(channels, -(-tiles[1] * GRADIENT_MR // channel_taps)) - channel
    plane = len(x_subgrids) * plane_rows * plane_columns
    for i in range(images):
        if len(planes) > 0 and r == q == 0:  # they serve all strips of an image
            space_to_depth(
                x, x_at + channel * height * width, some, height, width,
                planes, channel * plane, x_subgrids,
                plane_rows, plane_columns, x_stride, x_first, r,
            )  # fmt: skip
        for k in range(tiles[0] * GRADIENT_MR, tiles[1] * GRADIENT_MR):
            at, line = source_at + taps[k], k * line_step + i * rows * columns
            for _ in range(runs):
                for p in range(0, last, LANES):
                    store(load(source, at + p), lines, line + p)
                store(load(source, at + last), lines, line + last)
                at += row_step
                line += run
        x_at += x_step
        if len(planes) == 0:
            source_at += x_step


@inlined
def _add_strip(
    dy: Array, dy_at: int, dy_image: int, dy_step: int, outputs: int, strip: Any,
    panels: IntArray, turned: Array, patches: Array, patches_at: int, patches_steps: Any,
    channels: int, tap_ranges: IntArray, patches_strip: Any, tiles: Any,
    sums: Array, sums_at: int, sum_rows: int, is_first: bool,
) -> None:  # fmt: skip
    """sums[panel, tile, tap, row of the tile, output of the panel] += what a strip has of them.

    Each tile, tap by tap: only the places from which a tap sees no padding.
    """
    image_step, channel_step, row_step, column_step = patches_steps
    images, first_row, rows, first_column, columns = patches_strip
    steps, count = (image_step, row_step, column_step), strip[2] * strip[4]
    for panel in range(len(panels) - 1):
        m, width = panels[panel], panels[panel + 1] - panels[panel]
        ahead = width * dy_image  # the next panel, or else the next strip
        if panel + 2 == len(panels):
            ahead = count - (m - panels[0]) * dy_image
        for i in range(strip[0]):
            pack_transposed(
                dy, dy_at + i * dy_step + m * dy_image, dy_image, min(width, outputs - m), count,
                turned, i * count * width, width, ahead,
            )  # fmt: skip
        at = sums_at + m * sum_rows + tiles[0] * len(tap_ranges) * GRADIENT_MR * width
        for t in range(tiles[0], tiles[1]):
            channel_at = patches_at + min(t * GRADIENT_MR, channels - GRADIENT_MR) * channel_step
            for tap in range(len(tap_ranges)):
                offset, r, end_row, q, end_column = tap_ranges[tap]
                r, q = max(r - first_row, 0), max(q - first_column, 0)
                end_row = min(end_row - first_row, rows)
                end_column = min(end_column - first_column, columns)
                rest = (
                    sums, at, is_first,
                    patches, channel_at + offset + r * row_step + q * column_step,
                    channel_step, steps, turned, (r * columns + q) * width,
                    (rows * columns * width, columns * width, width),
                    (images, end_row - r, end_column - q),
                )  # fmt: skip
                if width == 4 * LANES:
                    add_gradients(zero_wide(sums, GRADIENT_MR, 4), *rest)
                elif width == 3 * LANES:
                    add_gradients(zero_wide(sums, GRADIENT_MR, 3), *rest)
                else:
                    add_gradients(zero_wide(sums, GRADIENT_MR, 2), *rest)
                at += GRADIENT_MR * width


@kernel
def add_up(
    begin: int, end: int, plan: WeightGradient, sums: Array, totals: Array, turned: Array,
    dweight: Array,
) -> None:  # fmt: skip
    """dweight += the sums of all image groups, in order, for panels `begin` to `end` of groups.

    totals[channel, tap, output], turned[output, channel, tap]  of some tiles, a vector of outputs
    """
    s, panels = plan.sizes, plan.panels
    outputs, taps, tiles = s.outputs, s.sum_taps, s.tiles
    sum_channels, all_channels = s.sum_channels, s.all_channels
    sum_rows = tiles * GRADIENT_MR * taps
    group = sum_rows * panels[-1]
    image_group_step = s.groups * group
    row_step = TILES_AT_ONCE * GRADIENT_MR * taps + LANES
    for item in range(begin, end):
        g, panel = divmod(item, len(panels) - 1)
        width = panels[panel + 1] - panels[panel]
        for m in range(panels[panel], min(panels[panel + 1], outputs), LANES):
            at = g * group + panels[panel] * sum_rows + m - panels[panel]
            for t in range(0, tiles, TILES_AT_ONCE):
                end_tile = min(t + TILES_AT_ONCE, tiles)
                first = min(t * GRADIENT_MR, sum_channels - GRADIENT_MR)  # the last may overlap
                source = at + t * taps * GRADIENT_MR * width
                for row in range(t * taps, end_tile * taps):
                    tile, tap = divmod(row, taps)
                    channel = min(tile * GRADIENT_MR, sum_channels - GRADIENT_MR) - first
                    for c in range(channel, channel + GRADIENT_MR):
                        total = splat(sums, 0)
                        for image_group in range(s.image_groups):
                            total += load(sums, source + image_group * image_group_step)
                        store(total, totals, (c * taps + tap) * LANES)
                        source += width
                begin_row = (t * GRADIENT_MR - first) * taps
                end_row = (min(end_tile * GRADIENT_MR, all_channels) - first) * taps
                for k in range(0, end_row, LANES):
                    transpose(totals, k * LANES, LANES, turned, k, row_step)
                for i in range(min(LANES, outputs - m)):
                    to = ((g * outputs + m + i) * all_channels + first) * taps
                    for k in range(begin_row, end_row, LANES):
                        old = load(dweight, to + k, to + end_row)
                        new = load(turned, i * row_step + k)
                        store(old + new, dweight, to + k, to + end_row)

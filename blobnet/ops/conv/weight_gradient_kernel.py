"""The gradient of a convolution's weights: sums over places, kept in registers.

    dweight[m, c, tap] += sum over images and places of dy[m, place] * what the tap sees from there

A tile holds some channels by some vectors of outputs, so dy is transposed first: all outputs of a
place side by side, in panels as wide as a tile. A tap that sees padding has nothing to add there,
so x is read as it lies. Where there are few channels, tiles hold taps instead: what each of them
sees is first laid out in a line. The tables are those of `ops/conv/weight_gradient_plan.py`.
"""

from __future__ import annotations

from typing import NamedTuple

from blobnet.ops.conv.packing_kernel import Image, Planes, pack_transposed, space_to_depth
from blobnet.ops.conv.weight_gradient_plan import WeightGradient
from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import either, loop, variable, when
from blobnet.ops.simd.isa import LANES, TILES_AT_ONCE
from blobnet.ops.simd.kernel import kernel
from blobnet.ops.simd.microkernel import add_gradients
from blobnet.ops.simd.register_tile import GRADIENT_MR, GRADIENT_NR
from blobnet.ops.simd.tile import zero_wide
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Operand, Value
from blobnet.ops.simd.vector import load, maximum, minimum, splat, store, transpose, where


class Memory(NamedTuple):
    """The arrays of a weight gradient; the last four are scratch memory, but for the sums."""

    x: Flat
    dy: Flat
    planes: Flat
    lines: Flat
    turned: Flat
    sums: Flat


class Strip(NamedTuple):
    """Places whose products are added up in one go."""

    n: Value  # of the first image; others follow, an image of every group of images in turn
    g: Value  # the group
    images: Value
    row: Value
    rows: Value
    column: Value
    columns: Value

    @property
    def places(self) -> Value:
        """Of an image."""
        return self.rows * self.columns


class Part(NamedTuple):
    """Some weights of a group: tiles of them, for some panels of outputs."""

    tile: Value
    end_tile: Value
    panel: Value
    end_panel: Value
    sums_at: Value  # those of the group


class Patches(NamedTuple):
    """What the rows of a tile see: from where on, and how far it is from one place to the next."""

    memory: Flat
    at: Value
    image_step: Value
    channel_step: Value
    row_step: Value
    column_step: Value
    images: Value
    row: Value
    rows: Value
    column: Value
    columns: Value


@kernel
@traced
def by_item(
    begin: Value, end: Value, plan: WeightGradient, x: Flat, dy: Flat, planes: Flat, lines: Flat,
    turned: Flat, sums: Flat,
) -> None:  # fmt: skip
    """The sums of items `begin` to `end`: each an image group, a group, a part of its weights.

    Parts are tiles, or panels of outputs; those that follow one another are done together.
    Images and strips follow one another in the order in which their places are added.
    """
    s, memory = plan.sizes, Memory(x, dy, planes, lines, turned, sums)
    panels = plan.panels.size - 1
    with loop(begin // s.parts, (end + s.parts - 1) // s.parts) as both_groups:
        image_group, g = divmod(both_groups, s.groups)
        first = both_groups * s.parts
        low, high = maximum(begin - first, 0), minimum(end - first, s.parts)
        part = Part(
            where(s.by_outputs, 0, low), where(s.by_outputs, s.tiles, high),
            where(s.by_outputs, low, 0), where(s.by_outputs, high, panels),
            both_groups * s.sum_rows * s.sum_columns,
        )  # fmt: skip
        with (
            loop(image_group, s.images, s.image_groups * s.at_once) as n,
            loop(0, s.rows, s.strip_rows) as row,
            loop(0, s.columns, s.strip_columns) as column,
        ):
            images = minimum(s.at_once, (s.images - n + s.image_groups - 1) // s.image_groups)
            rows = minimum(s.strip_rows, s.rows - row)
            columns = minimum(s.strip_columns, s.columns - column)
            strip = Strip(n, g, images, row, rows, column, columns)
            patches = _patches(plan, memory, strip, part)
            is_first = (n == image_group) & (row + column == 0)
            _add_strip(plan, memory, strip, part, patches, is_first)


def _patches(plan: WeightGradient, memory: Memory, strip: Strip, part: Part) -> Patches:
    """What the tiles see from a strip: x as it lies; or lines, to which it is all one row."""
    s = plan.sizes
    x_image = s.x_height * s.x_width
    down, across = s.stride_down * s.x_width, s.stride_across

    def as_it_lies() -> list[Flat | Operand]:
        at = (strip.n * s.groups + strip.g) * s.channels * x_image
        image_step = s.image_groups * s.groups * s.channels * x_image
        return [
            memory.x, at + strip.row * down + strip.column * across,
            image_step, x_image, down, across,
            strip.images, strip.row, strip.rows, strip.column, strip.columns,
        ]  # fmt: skip

    def in_lines() -> list[Flat | Operand]:
        _lay_strip(plan, memory, strip, part)
        return [memory.lines, 0, 0, s.line, 0, 1, 1, 0, 1, 0, strip.images * strip.places]

    return Patches(*either(s.by_tap, as_it_lies, in_lines))


def _lay_strip(plan: WeightGradient, memory: Memory, strip: Strip, part: Part) -> None:
    """Lines of the taps of some tiles: what they see from all places of a strip, side by side.

    Where a row is shorter than a vector, a whole one is read and written: the next row writes
    over it, and what stands behind a line is lost.
    """
    s, places = plan.sizes, strip.places
    x_image = s.x_height * s.x_width
    plane = plan.x_subgrids.shape[0] * s.plane_rows * s.plane_columns
    channel = part.tile * GRADIENT_MR // s.taps
    end_channel = minimum(s.channels, (part.end_tile * GRADIENT_MR + s.taps - 1) // s.taps)
    source = where(s.is_direct, memory.x, memory.planes)
    first = strip.row * s.plane_columns + strip.column
    is_one_run = s.plane_columns == strip.columns
    runs, run = where(is_one_run, 1, strip.rows), where(is_one_run, places, strip.columns)
    last = maximum(run - LANES, 0)
    with loop(0, strip.images) as i:
        n = strip.n + i * s.image_groups
        x_at = (n * s.groups + strip.g) * s.channels * x_image
        with when(~s.is_direct & (strip.row + strip.column == 0)):  # for all strips of an image
            space_to_depth(
                Image(
                    memory.x, x_at + channel * x_image, end_channel - channel, s.x_height, s.x_width
                ),
                Planes(
                    memory.planes, channel * plane, s.plane_rows, s.plane_columns,
                    plan.x_subgrids, plan.x_stride, strip.row,
                ),
                plan.x_first,
            )  # fmt: skip
        source_at = where(s.is_direct, x_at, 0) + first
        with loop(part.tile * GRADIENT_MR, part.end_tile * GRADIENT_MR) as k, loop(0, runs) as r:
            at = source_at + plan.taps[k] + r * s.plane_columns
            line = k * s.line + i * places + r * run
            with loop(0, last, LANES) as p:
                store(load(source, at + p), memory.lines, line + p)
            store(load(source, at + last), memory.lines, line + last)


def _add_strip(
    plan: WeightGradient, memory: Memory, strip: Strip, part: Part, patches: Patches,
    is_first: Value,
) -> None:  # fmt: skip
    """sums[panel, tile, tap, row of the tile, output of the panel] += what a strip has of them."""
    s, panels, places, turned = plan.sizes, plan.panels, strip.places, memory.turned
    image = s.rows * s.columns
    image_step = s.groups * s.outputs * image
    dy_at = strip.n * image_step + strip.g * s.outputs * image + strip.row * s.columns
    dy_at = dy_at + strip.column
    with loop(part.panel, part.end_panel) as panel:
        m = panels[panel]
        width = panels[panel + 1] - m
        next_strip = places - (m - panels[part.panel]) * image
        ahead = where(panel + 1 == part.end_panel, next_strip, width * image)
        outputs = minimum(width, s.outputs - m)
        with loop(0, strip.images) as i:
            at = dy_at + i * s.image_groups * image_step + m * image
            to = i * places * width
            pack_transposed(memory.dy, at, image, outputs, places, turned, to, width, ahead)
        sums_at = part.sums_at + m * s.sum_rows
        for vectors in range(2, GRADIENT_NR + 1):
            with when(width == vectors * LANES):
                _add_panel(plan, memory, part, patches, sums_at, vectors, is_first)


def _add_panel(
    plan: WeightGradient, memory: Memory, part: Part, patches: Patches, sums_at: Value,
    vectors: int, is_first: Value,
) -> None:  # fmt: skip
    """Each tile of a panel, tap by tap: only the places from which a tap sees no padding."""
    s, its, taps = plan.sizes, patches, plan.tap_ranges.shape[0]
    width = vectors * LANES
    with loop(part.tile, part.end_tile) as tile, loop(0, taps) as tap:
        offset, row, end_row, column, end_column = (plan.tap_ranges[tap, i] for i in range(5))
        row, column = maximum(row - its.row, 0), maximum(column - its.column, 0)
        end_row = minimum(end_row - its.row, its.rows)
        end_column = minimum(end_column - its.column, its.columns)
        channel = minimum(tile * GRADIENT_MR, s.sum_channels - GRADIENT_MR)
        at = its.at + channel * its.channel_step + offset
        add_gradients(
            zero_wide(memory.sums, GRADIENT_MR, vectors),
            memory.sums, sums_at + (tile * taps + tap) * (GRADIENT_MR * width), is_first,
            its.memory, at + row * its.row_step + column * its.column_step, its.channel_step,
            (its.image_step, its.row_step, its.column_step),
            memory.turned, (row * its.columns + column) * width,
            (its.rows * its.columns * width, its.columns * width, width),
            (its.images, end_row - row, end_column - column),
        )  # fmt: skip


@kernel
@traced
def add_up(
    begin: Value, end: Value, plan: WeightGradient, sums: Flat, totals: Flat, turned: Flat,
    dweight: Flat,
) -> None:  # fmt: skip
    """dweight += the sums of all image groups, in order, for panels `begin` to `end` of groups.

    totals[channel, tap, output], turned[output, channel, tap]  of some tiles, a vector of outputs
    """
    s, panels = plan.sizes, plan.panels
    count = panels.size - 1
    row_step = (TILES_AT_ONCE * GRADIENT_MR) * s.sum_taps + LANES
    with loop(begin, end) as item:
        g, panel = divmod(item, count)
        first, last = panels[panel], panels[panel + 1]
        with (
            loop(first, minimum(last, s.outputs), LANES) as m,
            loop(0, s.tiles, TILES_AT_ONCE) as tile,
        ):
            channel = minimum(tile * GRADIENT_MR, s.sum_channels - GRADIENT_MR)
            end_tile = minimum(tile + TILES_AT_ONCE, s.tiles)
            at = (g * panels[count] + first) * s.sum_rows + m - first
            _add_image_groups(plan, sums, at, last - first, tile, end_tile, totals)
            begin_row = (tile * GRADIENT_MR - channel) * s.sum_taps  # the last tile may overlap
            end_row = (minimum(end_tile * GRADIENT_MR, s.all_channels) - channel) * s.sum_taps
            with loop(0, end_row, LANES) as k:
                transpose(totals, k * LANES, LANES, turned, k, row_step)
            with loop(0, minimum(LANES, s.outputs - m)) as i:
                to = ((g * s.outputs + m + i) * s.all_channels + channel) * s.sum_taps
                with loop(begin_row, end_row, LANES) as k:
                    old = load(dweight, to + k, to + end_row)
                    new = load(turned, i * row_step + k)
                    store(old + new, dweight, to + k, to + end_row)


def _add_image_groups(
    plan: WeightGradient, sums: Flat, at: Value, width: Value, begin: Value, end: Value,
    totals: Flat,
) -> None:  # fmt: skip
    """totals = a vector of the sums of tiles `begin` to `end`, of all image groups.

    at     where those of the first image group begin, in a panel of `width` outputs
    """
    s, taps = plan.sizes, plan.sizes.sum_taps
    image_group_step = s.groups * s.sum_rows * plan.panels[plan.panels.size - 1]
    first = minimum(begin * GRADIENT_MR, s.sum_channels - GRADIENT_MR)
    with loop(begin, end) as tile, loop(0, taps) as tap:
        channel = minimum(tile * GRADIENT_MR, s.sum_channels - GRADIENT_MR) - first
        source = at + (tile * taps + tap) * GRADIENT_MR * width
        with loop(channel, channel + GRADIENT_MR) as c:
            total = variable(splat(sums, 0))
            with loop(0, s.image_groups) as image_group:
                row = source + (c - channel) * width
                total[0] = total[0] + load(sums, row + image_group * image_group_step)
            store(total[0], totals, (c * taps + tap) * LANES)

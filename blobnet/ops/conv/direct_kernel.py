"""Convolution: sums over channels and taps, kept in registers.

    y[m, place] = sum over channels and taps of weight * what the tap sees from that place

Where a tap looks is a number to be added to the place: images are laid out with their padding,
and pixels that lie a stride apart, a subgrid, are together (see `space_to_depth`), so that
neighbours in the output look at neighbours. What all terms see from some places is packed
into columns that stay in a processor's cache (see `pack_b`); a register tile then runs through
them. What varies from one use to another is in the tables of `direct_plan.py`.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.conv.blocking import MC_TIMES_KC
from blobnet.ops.conv.col2im_plan import Col2im
from blobnet.ops.conv.direct_plan import Correlation
from blobnet.ops.conv.packing_kernel import col2im, depth_to_space, pack_b, space_to_depth
from blobnet.ops.simd.emit import Flat, Tile, Value
from blobnet.ops.simd.flow import loop, variable
from blobnet.ops.simd.isa import LANES, PLANE_PLACES
from blobnet.ops.simd.kernel import inlined, kernel
from blobnet.ops.simd.microkernel import multiply_panels, update_row
from blobnet.ops.simd.register_tile import LOW_MR, MR, NARROW_NR, NR
from blobnet.ops.simd.tile import prefetch_tile, store_biased, zero, zero_wide
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.vector import where
from blobnet.types import Array, IntArray


@kernel
def correlate(
    weight: Array, weight_at: int, weight_row: int, weight_terms: IntArray,
    columns: Array, begin_term: int, end_term: int, part: int, panel: int,
    bias: Array, bias_at: int, biases: IntArray, slope: float,
    y: Array, y_at: int, y_rows: IntArray, y_offsets: IntArray, begin: int, end: int, width: int,
) -> None:  # fmt: skip
    """The macrokernel: outputs `begin` to `end` at all places, sums over some terms.

    part   KC: as many terms are summed one by one
    panel  values from one micropanel of the columns to the next
    """
    rest = (
        weight, weight_at, weight_row, weight_terms, columns, begin_term, end_term, part,
        bias, bias_at, biases, slope, y, y_at, y_rows, y_offsets, width,
    )  # fmt: skip
    mc = max(1, MC_TIMES_KC // ((end_term - begin_term) * MR + 1)) * MR
    for some in range(begin, end, mc):
        last = min(some + mc, end)
        for v in range(0, len(y_offsets), NR):
            at, is_narrow = v // NR * panel, len(y_offsets) - v == NARROW_NR
            for m in range(some, last - MR + 1, MR):
                if is_narrow:
                    _compute_tile(zero_wide(y, MR, NARROW_NR), m, v, at, *rest)
                else:
                    _compute_tile(zero_wide(y, MR, NR), m, v, at, *rest)
            for m in range(last - (last - some) % MR, last, LOW_MR):  # edge tiles
                low = min(m, len(y_rows) - LOW_MR)
                if is_narrow:
                    _compute_tile(zero_wide(y, LOW_MR, NARROW_NR), low, v, at, *rest)
                else:
                    _compute_tile(zero_wide(y, LOW_MR, NR), low, v, at, *rest)


@traced
def _compute_tile(
    tile: Tile, m: Value, v: Value, at: Value, weight: Flat, weight_at: Value, weight_row: Value,
    weight_terms: Flat, columns: Flat, begin_term: Value, end_term: Value, part: Value,
    bias: Flat, bias_at: Value, biases: Flat, slope: Value,
    y: Flat, y_at: Value, y_rows: Flat, y_offsets: Flat, width: Value,
) -> None:  # fmt: skip
    """One tile, empty when it comes: the sums of outputs from m on, at places from v on."""
    row = weight_at + m * weight_row
    totals = [variable(vector) for vector in tile.vectors]
    prefetch_tile(tile, y, y_at, y_rows, m, y_offsets, v)
    with loop(begin_term, end_term, part) as first:
        end = first + part
        sums = multiply_panels(
            tile, weight, row, weight_terms, first, where(end < end_term, end, end_term),
            weight_row, columns, at, NR * LANES, None,
        )  # fmt: skip
        for total, vector in zip(totals, sums.vectors, strict=True):
            total[0] = total[0] + vector
    tile = tile.of(total[0] for total in totals)
    store_biased(tile, bias, bias_at, slope, y, y_at, y_rows, biases, m, y_offsets, v, width)


@kernel
def correlate_by_output(
    weight: Array, weight_at: int, weight_row: int, weight_terms: IntArray,
    x: Array, x_at: int, terms: IntArray, begin_term: int, end_term: int,
    offsets: IntArray, bias: Array, bias_at: int, biases: IntArray, slope: float,
    y: Array, y_at: int, y_rows: IntArray, y_offsets: IntArray, begin: int, end: int, width: int,
) -> None:  # fmt: skip
    """`correlate` for groups of few outputs: one at a time, from x as it lies."""
    for m in range(begin, end):
        for v in range(0, len(offsets), PLANE_PLACES):
            tile = zero(y, 1, PLANE_PLACES)
            for k in range(begin_term, end_term):
                weight_k = weight_at + m * weight_row + weight_terms[k]
                tile = update_row(tile, weight, weight_k, x, x_at + terms[k], offsets, v)
            store_biased(
                tile, bias, bias_at, slope, y, y_at, y_rows, biases, m, y_offsets, v, width
            )


@kernel
def by_item(
    begin: int, end: int, plan: Correlation, x: Array, weight: Array, bias: Array, slope: float,
    y: Array, planes: Array, columns: Array | None, results: Array,
) -> None:  # fmt: skip
    """Work on items `begin` to `end`: each some images, a strip, a group, a block of outputs.

    planes   scratch memory; empty where x is read as it lies
    columns  the same; None where there are few outputs: what it makes unnecessary is not compiled
    results  scratch memory; empty where y need not be put together from subgrids
    """
    s, reading = plan.sizes, plan.reading
    laid_out = -1
    for item in range(begin, end):
        rest, block = divmod(item, s.blocks)
        images_and_strip, g = divmod(rest, s.groups)
        part, strip = divmod(images_and_strip, s.strips)
        n = min(part * s.images_at_once, s.images - s.images_at_once)
        row = min(strip * s.strip, s.out_rows - s.strip)
        image = n * s.groups + g
        source, x_at = x, image * s.channels * s.x_height * s.x_width + row * s.x_width
        if len(planes) > 0:
            source, x_at = planes, 0
        if laid_out != rest:  # the blocks of outputs see the same
            _lay_out(plan, x, image, row, planes, source, x_at, columns)
            laid_out = rest
        low, high = block * s.block, min((block + 1) * s.block, s.outputs)
        y_image = image * s.outputs * s.y_height * s.y_width
        target, y_at = y, y_image + row * s.y_width
        term = np.int64(0)  # a plain 0 would have `correlate` compiled once more, for it alone
        for f in range(len(plan.subgrid_ends)):
            if len(results) > 0:
                target, y_at = results, f * s.outputs * s.strip * s.out_columns
            if columns is not None:
                correlate(
                    weight, g * s.weight_group, s.weight_row, plan.weight_terms,
                    columns, term, plan.subgrid_ends[f], plan.subgrid_parts[f],
                    len(columns) // (len(reading.offsets) // NR),
                    bias, g * s.bias_group, plan.biases, slope,
                    target, y_at, plan.y_rows, reading.y_offsets, low, high, s.width,
                )  # fmt: skip
            else:
                correlate_by_output(
                    weight, g * s.weight_group, s.weight_row, plan.weight_terms,
                    source, x_at, plan.terms, term, plan.subgrid_ends[f], reading.offsets,
                    bias, g * s.bias_group, plan.biases, slope,
                    target, y_at, plan.y_rows, reading.y_offsets, low, high, s.width,
                )  # fmt: skip
            term = plan.subgrid_ends[f]
        if len(results) > 0:
            depth_to_space(
                results, s.outputs, plan.y_subgrids, s.strip, s.out_columns, y, y_image,
                s.y_height, s.y_width, plan.y_stride, row,
            )  # fmt: skip


@inlined
def _lay_out(
    plan: Correlation, x: Array, image: int, row: int, planes: Array, source: Array,
    source_at: int, columns: Array | None,
) -> None:  # fmt: skip
    """What an item sees: all its images in planes, from a row on, then in columns."""
    s, reading = plan.sizes, plan.reading
    plane = len(plan.x_subgrids) * s.plane_rows * s.plane_columns
    if len(planes) > 0:
        for i in range(s.images_at_once):
            space_to_depth(
                x, (image + i * s.groups) * s.channels * s.x_height * s.x_width, s.channels,
                s.x_height, s.x_width, planes, i * s.channels * plane, plan.x_subgrids,
                s.plane_rows, s.plane_columns, plan.x_stride, plan.x_first, row,
            )  # fmt: skip
    if columns is not None:
        pack_b(
            source, source_at, plan.terms, reading.offsets, reading.end_offsets, reading.ends,
            columns,
        )  # fmt: skip


@kernel
def by_columns(
    begin: int, end: int, plan: Col2im, dy: Array, weight: Array, no_bias: Array, x: Array,
    columns: Array, col_diff: Array,
) -> None:  # fmt: skip
    """The gradient of x for items `begin` to `end`: each an image, a group, some channels.

    First what every tap gives back to all places; then all taps added up.
    """
    s, reading = plan.sizes, plan.reading
    taps, count = s.kernel_height * s.kernel_width, s.rows * s.columns
    none, one = np.int64(0), np.int64(1)  # of the type that `by_item` hands on to `correlate`
    panel = len(columns) // (len(reading.offsets) // NR)
    col_diff[:] = 0
    laid_out = -1
    for item in range(begin, end):
        image, part = divmod(item, s.parts)
        g = image % s.groups
        if laid_out != image:  # the channels of an image see the same
            pack_b(
                dy, image * s.outputs * count, plan.terms, reading.offsets, reading.end_offsets,
                reading.ends, columns,
            )  # fmt: skip
            laid_out = image
        first = min(part * s.part, s.channels - s.part)
        correlate(
            weight, (g * s.outputs * s.channels + first) * taps, one, plan.weight_terms,
            columns, none, s.outputs, s.sum_part, panel,
            no_bias, none, plan.biases, x.dtype.type(1), col_diff, none, plan.col_diff_rows,
            reading.y_offsets, none, len(plan.col_diff_rows), reading.width,
        )  # fmt: skip
        col2im(
            col_diff, s.rows, s.pitch, s.first, s.part, x,
            (image * s.channels + first) * s.x_height * s.x_width, s.x_height, s.x_width,
            s.kernel_height, s.kernel_width, s.pad_above, s.dilation_down, s.dilation_across,
        )  # fmt: skip

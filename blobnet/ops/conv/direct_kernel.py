"""Convolution: sums over channels and taps, kept in registers.

    y[m, place] = sum over channels and taps of weight * what the tap sees from that place

Where a tap looks is a number to be added to the place: images are laid out with their padding,
and pixels that lie a stride apart, a subgrid, are together (see `space_to_depth`), so that
neighbours in the output look at neighbours. What all terms see from some places is packed
into columns that stay in a processor's cache (see `pack_b`); a register tile then runs through
them. What varies from one use to another is in the tables of `direct_plan.py`.
"""

from __future__ import annotations

from typing import NamedTuple

from blobnet.ops.conv.blocking import MC_TIMES_KC
from blobnet.ops.conv.col2im_kernel import add_columns
from blobnet.ops.conv.col2im_plan import Col2im
from blobnet.ops.conv.direct_plan import Correlation
from blobnet.ops.conv.packing_kernel import (
    Image,
    Planes,
    depth_to_space,
    pack_b,
    panel_step,
    space_to_depth,
)
from blobnet.ops.simd.emit import Flat, Tile
from blobnet.ops.simd.flow import counter, either, loop, variable, when
from blobnet.ops.simd.isa import LANES, PLANE_PLACES
from blobnet.ops.simd.kernel import kernel
from blobnet.ops.simd.microkernel import multiply_panels, update_row
from blobnet.ops.simd.register_tile import LOW_MR, MR, NARROW_NR, NR
from blobnet.ops.simd.tile import prefetch_tile, store_biased, zero, zero_wide
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Operand, Value
from blobnet.ops.simd.vector import maximum, minimum, splat, store, where


class Weights(NamedTuple):
    """memory[at + m * row + of_term[k]] is the weight of a term k of output m."""

    memory: Flat
    at: Operand
    row: Operand
    of_term: Flat


class Terms(NamedTuple):
    """The terms that are summed; `part` of them one by one."""

    begin: Operand
    end: Operand
    part: Operand


class Bias(NamedTuple):
    """memory[at + of_output[m]] is added to the sums of output m; then they are leaky."""

    memory: Flat
    at: Operand
    of_output: Flat
    slope: Operand


class Outputs(NamedTuple):
    """memory[at + rows[m] + places[v] : + width] is a vector of output m, from `begin` to `end`."""

    memory: Flat
    at: Operand
    rows: Flat
    places: Flat
    width: Operand
    begin: Operand
    end: Operand
    bias: Bias

    def store(self, tile: Tile, m: Operand, v: Value) -> None:
        """Store a tile of sums, of outputs from m on, at places from v on."""
        bias = self.bias
        store_biased(
            tile, bias.memory, bias.at, bias.slope, self.memory, self.at, self.rows,
            bias.of_output, m, self.places, v, self.width,
        )  # fmt: skip


def correlate(weights: Weights, columns: Flat, panel: Value, terms: Terms, y: Outputs) -> None:
    """The macrokernel: some outputs at all places, sums over some terms.

    panel  values from one micropanel of the columns to the next
    """
    mc = maximum(1, MC_TIMES_KC // ((terms.end - terms.begin) * MR + 1)) * MR
    with loop(y.begin, y.end, mc) as first, loop(0, y.places.size, NR) as v:
        last, at = minimum(first + mc, y.end), v // NR * panel

        def cover(
            nr: int, ahead: int | None = None, first: Value = first, last: Value = last,
            v: Value = v,
        ) -> None:  # fmt: skip
            with loop(first, last - (MR - 1), MR) as m:
                tile = zero_wide(y.memory, MR, nr)
                _compute_tile(tile, m, v, weights, columns, at, terms, y, ahead)
            with loop(last - (last - first) % MR, last, LOW_MR) as m:  # edge tiles
                low = minimum(m, y.rows.size - LOW_MR)
                tile = zero_wide(y.memory, LOW_MR, nr)
                _compute_tile(tile, low, v, weights, columns, at, terms, y)

        def cover_whole() -> None:  # weights come from afar for the first micropanel alone
            either(v == 0, lambda: cover(NR, ahead=MR), lambda: cover(NR))

        either(y.places.size - v == NARROW_NR, lambda: cover(NARROW_NR), cover_whole)


def _compute_tile(
    tile: Tile, m: Value, v: Value, weights: Weights, columns: Flat, at: Value, terms: Terms,
    y: Outputs, ahead: int | None = None,
) -> None:  # fmt: skip
    """One tile, empty when it comes: the sums of outputs from m on, at places from v on.

    ahead  the processor is asked for the weights of so many outputs further on
    """
    row = weights.at + m * weights.row
    totals = [variable(vector) for vector in tile.vectors]
    prefetch_tile(tile, y.memory, y.at, y.rows, m, y.places, v)
    with loop(terms.begin, terms.end, terms.part) as first:
        sums = multiply_panels(
            tile, weights.memory, row, weights.of_term,
            first, minimum(first + terms.part, terms.end),
            weights.row, columns, at, NR * LANES, None if ahead is None else weights.row * ahead,
        )  # fmt: skip
        for total, vector in zip(totals, sums.vectors, strict=True):
            total[0] = total[0] + vector
    y.store(tile.of(total[0] for total in totals), m, v)


def correlate_by_output(
    weights: Weights, x: Flat, x_at: Value, offsets: Flat, of_term: Flat, terms: Terms, y: Outputs
) -> None:
    """`correlate` for groups of few outputs: one at a time, from x as it lies."""
    with loop(y.begin, y.end) as m, loop(0, offsets.size, PLANE_PLACES) as v:
        tile = zero(y.memory, 1, PLANE_PLACES)
        totals = [variable(vector) for vector in tile.vectors]
        row = weights.at + m * weights.row
        with loop(terms.begin, terms.end) as k:
            sums = update_row(
                tile.of(total[0] for total in totals), weights.memory, row + weights.of_term[k],
                x, x_at + of_term[k], offsets, v,
            )  # fmt: skip
            for total, vector in zip(totals, sums.vectors, strict=True):
                total[0] = vector
        y.store(tile.of(total[0] for total in totals), m, v)


@kernel
@traced
def by_item(
    begin: Value, end: Value, plan: Correlation, x: Flat, weight: Flat, bias: Flat, slope: Value,
    y: Flat, planes: Flat, columns: Flat | None, results: Flat,
) -> None:  # fmt: skip
    """Work on items `begin` to `end`: each some images, a strip, a group, a block of outputs.

    planes   scratch memory; empty where x is read as it lies
    columns  the same; None where there are few outputs: what it makes unnecessary is not compiled
    results  scratch memory; empty where y need not be put together from subgrids
    """
    s, reading = plan.sizes, plan.reading
    laid_out = counter(begin.builder, -1)
    with loop(begin, end) as item:
        rest, block = divmod(item, s.blocks)
        images_and_strip, g = divmod(rest, s.groups)
        part, strip = divmod(images_and_strip, s.strips)
        n = minimum(part * s.images_at_once, s.images - s.images_at_once)
        row = minimum(strip * s.strip, s.out_rows - s.strip)
        image = n * s.groups + g
        x_at = image * s.channels * s.x_height * s.x_width + row * s.x_width
        has_planes, has_results = planes.size > 0, results.size > 0
        source, x_at = where(has_planes, planes, x), where(has_planes, 0, x_at)
        with when(laid_out[0] != rest):  # the blocks of outputs see the same
            with when(has_planes):
                _lay_out(plan, x, image, row, planes)
            if columns is not None:
                pack_b(source, x_at, plan.terms, reading, columns)
            laid_out[0] = rest
        y_at = image * s.outputs * s.y_height * s.y_width
        weights = Weights(weight, g * s.weight_group, s.weight_row, plan.weight_terms)
        term = counter(begin.builder)
        with loop(0, plan.subgrid_ends.size) as f:
            terms = Terms(term[0], plan.subgrid_ends[f], plan.subgrid_parts[f])
            result_at = f * s.outputs * s.strip * s.out_columns
            outputs = Outputs(
                where(has_results, results, y),
                where(has_results, result_at, y_at + row * s.y_width),
                plan.y_rows, reading.y_offsets, s.width,
                block * s.block, minimum((block + 1) * s.block, s.outputs),
                Bias(bias, g * s.bias_group, plan.biases, slope),
            )  # fmt: skip
            if columns is not None:
                correlate(weights, columns, panel_step(columns, reading), terms, outputs)
            else:
                correlate_by_output(
                    weights, source, x_at, reading.offsets, plan.terms, terms, outputs
                )
            term[0] = terms.end
        with when(has_results):
            grids = plan.y_subgrids, plan.y_stride, row
            depth_to_space(
                Planes(results, 0, s.strip, s.out_columns, *grids),
                Image(y, y_at, s.outputs, s.y_height, s.y_width),
            )


def _lay_out(plan: Correlation, x: Flat, image: Value, row: Value, planes: Flat) -> None:
    """All images of an item in planes, from a row on."""
    s = plan.sizes
    plane = plan.x_subgrids.shape[0] * s.plane_rows * s.plane_columns
    grids = plan.x_subgrids, plan.x_stride, row
    with loop(0, s.images_at_once) as i:
        x_at = (image + i * s.groups) * s.channels * s.x_height * s.x_width
        space_to_depth(
            Image(x, x_at, s.channels, s.x_height, s.x_width),
            Planes(planes, i * s.channels * plane, s.plane_rows, s.plane_columns, *grids),
            plan.x_first,
        )


@kernel
@traced
def by_columns(
    begin: Value, end: Value, plan: Col2im, dy: Flat, weight: Flat, no_bias: Flat, x: Flat,
    columns: Flat, col_diff: Flat,
) -> None:  # fmt: skip
    """The gradient of x for items `begin` to `end`: each an image, a group, some channels.

    First what every tap gives back to all places; then all taps added up.
    """
    s, reading = plan.sizes, plan.reading
    taps = s.kernel_height * s.kernel_width
    with loop(0, col_diff.size, LANES) as i:
        store(splat(col_diff, 0), col_diff, i, col_diff.size)
    laid_out = counter(begin.builder, -1)
    with loop(begin, end) as item:
        image, part = divmod(item, s.parts)
        g = image % s.groups
        with when(laid_out[0] != image):  # the channels of an image see the same
            pack_b(dy, image * s.outputs * s.rows * s.columns, plan.terms, reading, columns)
            laid_out[0] = image
        first = minimum(part * s.part, s.channels - s.part)
        correlate(
            Weights(weight, (g * s.outputs * s.channels + first) * taps, 1, plan.weight_terms),
            columns,
            panel_step(columns, reading),
            Terms(0, s.outputs, s.sum_part),
            Outputs(
                col_diff, 0, plan.col_diff_rows, reading.y_offsets, reading.width,
                0, plan.col_diff_rows.size, Bias(no_bias, 0, plan.biases, 1),
            ),
        )  # fmt: skip
        image_at = (image * s.channels + first) * s.x_height * s.x_width
        add_columns(plan, col_diff, Image(x, image_at, s.part, s.x_height, s.x_width))

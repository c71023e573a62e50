"""Convolution by weights that lie in blocks of outputs: see `blocked_plan.py`.

    y[place, outputs of a block] += x[place, term] * weight[term, outputs of a block]

A tile is some places by some blocks of outputs. The weights lie as they are read, a row of vectors
for every term; a value of x is read where it is and goes to all lanes, so nothing is packed. Sums
are added in the order of `direct_kernel.py`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from blobnet.ops.conv.blocked_plan import Blocked, BlockedSizes
from blobnet.ops.conv.packing_kernel import Image, Planes, space_to_depth
from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import counter, either, loop, variable, when
from blobnet.ops.simd.isa import BLOCK, LANES
from blobnet.ops.simd.kernel import kernel
from blobnet.ops.simd.lanes import first_lanes, transposed
from blobnet.ops.simd.microkernel import multiply_places
from blobnet.ops.simd.register_tile import BLOCKS, PLACES
from blobnet.ops.simd.tile import zero_blocks
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Operand, Value
from blobnet.ops.simd.vector import leaky, maximum, minimum, where


class Sums(NamedTuple):
    """What a strip's sums for some blocks of outputs need: arrays begin where these do."""

    plan: Blocked
    x: Flat
    x_at: Operand
    weight: Flat
    bias: Flat
    slope: Operand
    y: Flat


@kernel
@traced
def by_item(
    begin: Value, end: Value, plan: Blocked, x: Flat, weight: Flat, bias: Flat, slope: Value,
    y: Flat, planes: Flat, results: Flat,
) -> None:  # fmt: skip
    """Work on items `begin` to `end`: each a strip of an image, some blocks of outputs.

    weight   (terms, outputs) of each part of the outputs; missing outputs are 0
    planes   scratch memory; empty where x is read as it lies
    results  the same; empty where y is in blocks
    """
    s = plan.sizes
    laid_out = counter(begin.builder, -1)
    with loop(begin, end) as item:
        rest, part = divmod(item, s.parts)
        image, strip = divmod(rest, s.strips)
        row = minimum(strip * s.strip, s.rows - s.strip)
        has_planes, has_results = planes.size > 0, results.size > 0
        with when(has_planes), when(laid_out[0] != rest):  # the parts of the outputs see the same
            grids = plan.nothing, plan.one, row * s.row_step
            space_to_depth(
                Image(x, image * s.x_image, s.planes, s.height, s.width),
                Planes(planes, 0, s.plane_rows, s.plane_width, *grids),
                plan.first,
            )
            laid_out[0] = rest
        first = part * s.part
        y_at = (image * s.blocks + first) * s.y_block + row * s.y_row
        sums = Sums(
            plan,
            where(has_planes, planes, x),
            where(has_planes, 0, image * s.x_image + row * s.x_row),
            weight.at(first * plan.terms.size * BLOCK),
            bias.at(first * BLOCK),
            slope,
            where(has_results, results, y.at(y_at)),
        )
        _cover_all(s.blocks - first, BLOCKS, sums)
        with when(has_results):
            outputs = s.outputs - first * BLOCK
            y_at = (image * s.outputs + first * BLOCK) * s.y_plane + row * (s.y_row // BLOCK)
            _into_planes(results, s, minimum(outputs, BLOCKS * BLOCK), y.at(y_at))


def _cover_all(count: Value, most: int, sums: Sums) -> None:
    """As many blocks as there are, up to `most`: each number of them is code of its own."""
    if most == 1:
        _cover(1, sums)
        return
    either(count >= most, lambda: _cover(most, sums), lambda: _cover_all(count, most - 1, sums))


def _cover(blocks: int, sums: Sums) -> None:
    """All places of a strip, for so many blocks of outputs."""
    plan, y = sums.plan, sums.y
    s, terms = plan.sizes, plan.terms
    tile = zero_blocks(y, PLACES, blocks)
    starts = range(0, blocks * BLOCK, tile.lanes)
    shifts = [sums.bias.load(start, tile.lanes) for start in starts]
    slopes = shifts[0].like(sums.slope)
    with loop(0, plan.places.size, PLACES) as p:
        totals = [variable(vector) for vector in tile.vectors]
        at = [plan.y_places[p + r] for r in range(PLACES)]
        for place in at:
            for block in range(blocks):
                y.prefetch(place + s.y_block * block, to_write=True)
        with loop(0, terms.size, s.sum_part) as k:
            end = minimum(k + s.sum_part, terms.size)
            its = sums.x, sums.x_at, plan.places, p, terms, k, end, sums.weight
            for total, vector in zip(totals, multiply_places(tile, *its).vectors, strict=True):
                total[0] = total[0] + vector
        for number, total in enumerate(totals):
            r, c = divmod(number, tile.columns)
            block, rest = divmod(starts[c], BLOCK)
            y.store(leaky(total[0] + shifts[c], slopes), at[r] + s.y_block * block + rest)


def _into_planes(results: Flat, s: BlockedSizes, outputs: Value, y: Flat) -> None:
    """The places of a strip, in blocks, go to a plane for each output."""
    places: Any = s.y_block // BLOCK
    last = maximum(places - LANES, 0)
    mask = first_lanes(places)
    with loop(0, outputs, LANES) as o, loop(0, places, LANES) as begin:
        p = minimum(begin, last)
        block = results.at(o // BLOCK * s.y_block + o % BLOCK)
        lines = transposed([block.load(minimum(p + i, places - 1) * BLOCK) for i in range(LANES)])
        to, plane = o * s.y_plane + p, s.y_plane

        def store(mask: Value | None, o: Value = o, lines: list[Value] = lines) -> None:
            for i, line in enumerate(lines):
                with when(o + i < outputs):
                    y.store(line, to + plane * i, mask)

        either(places >= LANES, lambda: store(None), lambda: store(mask))

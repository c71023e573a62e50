"""Depthwise convolution of images in blocks of channels: see `blocked.py`.

A block of a pixel is a vector. Along a row of y, several places at a time share what they see and
the weights; where windows reach over the edge of the image, it is one place at a time.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from blobnet.ops.conv.blocked_depthwise_plan import AT_ONCE, BlockedDepthwise, PlaneSizes
from blobnet.ops.simd.emit import Flat, fma
from blobnet.ops.simd.flow import loop, variable
from blobnet.ops.simd.isa import BLOCK
from blobnet.ops.simd.kernel import kernel
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Operand, Value
from blobnet.ops.simd.vector import leaky, maximum, minimum


class Row(NamedTuple):
    """A row of a plane of y, and what it is computed from."""

    sizes: PlaneSizes
    number: Operand
    x: Flat  # the plane of x
    taps: Flat
    shift: Value
    slope: Value
    y: Flat  # the row

    def store(self, total: Value, place: Operand) -> None:
        self.y.store(leaky(total + self.shift, self.slope), place * BLOCK)


@cache
def forward(kernel_height: int, kernel_width: int, stride: int) -> Any:
    """y = the sum of what the taps see, in their order, plus `bias`, then leaky.

    weight  (blocks, taps, BLOCK)
    stride  from a place to its neighbour
    """
    window = kernel_height, kernel_width, stride

    @kernel
    @traced
    def run(
        begin: Value, end: Value, plan: BlockedDepthwise, x: Flat, weight: Flat, bias: Flat,
        slope: Value, y: Flat,
    ) -> None:  # fmt: skip
        s = plan.sizes
        with loop(begin, end) as item:
            plane, strip = divmod(item, s.strips)
            block, first = plane % s.blocks, strip * s.strip
            shift = bias.load(block * BLOCK, BLOCK)
            taps = weight.at(block * (kernel_height * kernel_width * BLOCK))
            seen = x.at(plane * s.height * s.width * BLOCK)
            with loop(first, minimum(first + s.strip, s.rows)) as r:
                to = y.at((plane * s.rows + r) * s.columns * BLOCK)
                row = Row(s, r, seen, taps, shift, shift.like(slope), to)
                with loop(0, s.inner_begin) as q:
                    _one(row, window, q)
                with loop(s.inner_begin, s.inner_end, AT_ONCE) as q:
                    _some(row, window, minimum(q, s.inner_end - AT_ONCE))
                with loop(s.inner_end, s.columns) as q:
                    _one(row, window, q)

    return run


def _some(row: Row, window: tuple[int, int, int], place: Value) -> None:
    """AT_ONCE places from here on, all of whose columns of taps are inside of the image."""
    kernel_height, kernel_width, stride = window
    s, totals = row.sizes, [variable(row.shift.like(0)) for _ in range(AT_ONCE)]
    first = row.number * s.stride_down - s.pad_above
    begin, end = _inside(first, kernel_height, s.height)
    with loop(begin, end) as ky:
        line = row.x.at(((first + ky) * s.width + place * stride - s.pad_left) * BLOCK)
        reach = (AT_ONCE - 1) * stride + kernel_width
        seen = [line.load(pixel * BLOCK, BLOCK) for pixel in range(reach)]
        for kx in range(kernel_width):
            tap = row.taps.load((ky * kernel_width + kx) * BLOCK, BLOCK)
            for p, total in enumerate(totals):
                total[0] = fma(tap, seen[p * stride + kx], total[0])
    for p, total in enumerate(totals):
        row.store(total[0], place + p)


def _one(row: Row, window: tuple[int, int, int], place: Value) -> None:
    """One place, wherever it is."""
    kernel_height, kernel_width, stride = window
    s, total = row.sizes, variable(row.shift.like(0))
    first, column = row.number * s.stride_down - s.pad_above, place * stride - s.pad_left
    begin, end = _inside(first, kernel_height, s.height)
    left, right = _inside(column, kernel_width, s.width)
    with loop(begin, end) as ky:
        line = row.x.at(((first + ky) * s.width + column) * BLOCK)
        with loop(left, right) as kx:
            tap = row.taps.load((ky * kernel_width + kx) * BLOCK, BLOCK)
            total[0] = fma(tap, line.load(kx * BLOCK, BLOCK), total[0])
    row.store(total[0], place)


def _inside(first: Any, taps: int, length: Operand) -> tuple[Value, Value]:
    """The taps of an axis, the first of which sees pixel `first`, that see one in range(length)."""
    return maximum(0, -first), minimum(taps, length - first)

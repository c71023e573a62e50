"""Plans for the gradient of a convolution's input, which is what a deconvolution does forward.

It is a correlation over dy. Pixels that leave the same remainder when divided by the stride are
one phase, and every phase is a correlation of its own, with those of the taps that reach it.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

from blobnet.ops.plans.correlation import Correlation, Sizes
from blobnet.ops.plans.cut import FEW_OUTPUTS, Cut, output_table, place_table
from blobnet.ops.plans.geometry import Images, table, vector_begins
from blobnet.ops.tiles import LANES, SLACK
from blobnet.ops.window import Window
from blobnet.types import Shape


class Phase(NamedTuple):
    """Pixels of one remainder: the index of the first, and what reaches them: (tap, shift)."""

    first: int
    taps: list[tuple[int, int]]


class TransposedAxis(NamedTuple):
    """Pixel first + stride * t gets, by a tap, dy[low + t + shift]."""

    phases: list[Phase]
    length: int  # of t, in the longest phase
    low: int  # the first index of dy that any phase reads
    reach: int  # the largest shift

    @classmethod
    def of(cls, window: Window, axis: int, length: int) -> TransposedAxis:
        stride, pad, dilation = window.stride[axis], window.pad[axis], window.dilation[axis]
        found: list[Phase] = []
        counts = []
        for remainder in range(stride):
            begin = -((remainder - pad) // stride)  # padded pixel: (begin + t) * stride + remainder
            counts.append(-((remainder - pad - length) // stride) - begin)
            taps = [
                (k, begin + (remainder - k * dilation) // stride)
                for k in range(window.kernel[axis])
                if (k * dilation - remainder) % stride == 0
            ]
            found.append(Phase(begin * stride + remainder - pad, taps))
        shifts = [shift for phase in found for _, shift in phase.taps] or [0]
        low = min(shifts)
        phases = [
            Phase(first, [(tap, shift - low) for tap, shift in taps]) for first, taps in found
        ]
        return cls(phases, max(counts), low, max(shifts) - low)


@lru_cache(maxsize=1024)
def transposed(dx: Shape, weight: Shape, dy: Shape, window: Window) -> Correlation:
    """How to compute dx (N, C, *size) from dy (N, O, *places)."""
    its = Images.of(dx, weight, dy, window)
    down = TransposedAxis.of(its.window, 0, its.height)
    across = TransposedAxis.of(its.window, 1, its.width)
    is_joined = its.window.stride != (1, 1)
    is_direct = window.is_point and its.columns >= LANES and not its.is_depthwise
    size = its.outputs * (down.length + down.reach) * (across.length + across.reach)
    cut = Cut.of(
        its.images, its.groups, its.channels, down.length, across.length, size, is_joined=is_joined
    )
    plane_rows = its.rows if is_direct else cut.strip + down.reach
    plane_columns = its.columns if is_direct else across.length + across.reach
    planes = its.outputs * plane_rows * plane_columns
    x_image = its.groups * planes if is_direct else planes
    y_image, y_row = its.groups * its.channels * its.height * its.width, its.width
    y_plane = its.height * its.width
    if is_joined:  # results of one phase, before they are joined
        y_row, y_plane = across.length, cut.strip * across.length
    begins = vector_begins(across.length)
    by_output = its.channels <= FEW_OUTPUTS
    sizes = Sizes(
        its.images, cut.images_at_once, its.groups, its.outputs, its.channels, cut.strips,
        cut.strip, cut.blocks, cut.block, its.rows, its.columns, plane_rows, plane_columns,
        its.height, its.width, down.length, across.length,
        its.outputs * its.channels * its.taps, its.channels * its.taps, its.channels,
        is_direct, is_joined, by_output, min(LANES, across.length),
    )  # fmt: skip
    m = output_table(its.channels, by_output)
    weight_taps, x_taps, tap_ends = _taps_by_phase(down, across, its.window, plane_columns)
    phases = [(v.first, h.first) for v, h in product(down.phases, across.phases)]
    results = len(phases) * its.channels * cut.strip * across.length + SLACK
    return Correlation(
        cut.parts * cut.strips * its.groups * cut.blocks,
        its.is_depthwise and cut.items_are_planes,
        sizes,
        table([row * its.taps for row in m]),
        table(weight_taps),
        table(x_taps),
        place_table(cut, begins, x_image, plane_columns, by_output),
        table([row * y_plane for row in m]),
        place_table(cut, begins, y_image, y_row, by_output),
        table(m),
        table([(0, 0)]),
        table([1, 1]),
        table([down.low, across.low]),
        table(phases),
        table(its.window.stride),
        table(tap_ends),
        0 if is_direct else cut.images_at_once * planes + SLACK,
        results if is_joined else 0,
    )


def _taps_by_phase(
    down: TransposedAxis, across: TransposedAxis, window: Window, columns: int
) -> tuple[list[int], list[int], list[int]]:
    """For all phases in turn: taps in the weights, where they look, and where phases end."""
    weight_taps: list[int] = []
    x_taps: list[int] = []
    ends: list[int] = []
    for v, h in product(down.phases, across.phases):
        for (ky, row), (kx, column) in product(v.taps, h.taps):
            weight_taps.append(ky * window.kernel[1] + kx)
            x_taps.append(row * columns + column)
        ends.append(len(x_taps))
    return weight_taps, x_taps, ends

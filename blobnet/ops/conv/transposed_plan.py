"""Plans for the gradient of a convolution's input, which is what a deconvolution does forward.

It is a correlation over dy. Pixels that leave the same remainder when divided by the stride are
one subgrid, and every subgrid is a correlation of its own, with those of the taps that reach it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from blobnet.ops.conv.blocking import FEW_OUTPUTS, Cut, sum_part
from blobnet.ops.conv.direct_plan import Correlation, Sizes
from blobnet.ops.conv.geometry import Images, table
from blobnet.ops.conv.packing_plan import Reading
from blobnet.ops.launch import Fixed
from blobnet.ops.simd.isa import SLACK
from blobnet.ops.window import Window
from blobnet.types import Shape


class Subgrid(NamedTuple):
    """Pixels of one remainder: the index of the first, and what reaches them: (tap, shift)."""

    first: int
    taps: list[tuple[int, int]]


class TransposedAxis(NamedTuple):
    """Pixel first + stride * t gets, by a tap, dy[low + t + shift]."""

    subgrids: list[Subgrid]
    length: int  # of t, in the longest subgrid
    low: int  # the first index of dy that any subgrid reads
    reach: int  # the largest shift

    @classmethod
    def of(cls, window: Window, axis: int, length: int) -> TransposedAxis:
        stride, pad, dilation = window.stride[axis], window.pad[axis], window.dilation[axis]
        found: list[Subgrid] = []
        some: Iterable[int]
        counts = []
        some = range(stride)
        if length < stride:  # not every remainder has a pixel
            some = sorted((pixel + pad) % stride for pixel in range(length))
        for remainder in some:
            begin = -((remainder - pad) // stride)  # padded pixel: (begin + t) * stride + remainder
            counts.append(-((remainder - pad - length) // stride) - begin)
            taps = [
                (k, begin + (remainder - k * dilation) // stride)
                for k in range(window.kernel[axis])
                if (k * dilation - remainder) % stride == 0
            ]
            found.append(Subgrid(begin * stride + remainder - pad, taps))
        shifts = [shift for subgrid in found for _, shift in subgrid.taps] or [0]
        low = min(shifts)
        subgrids = [
            Subgrid(first, [(tap, shift - low) for tap, shift in taps]) for first, taps in found
        ]
        return cls(subgrids, max(counts), low, max(shifts) - low)


@lru_cache(maxsize=1024)
def transposed(dx: Shape, weight: Shape, dy: Shape, window: Window) -> Fixed[Correlation]:
    """How to compute dx (N, C, *size) from dy (N, O, *places)."""
    its = Images.of(dx, weight, dy, window)
    is_strided = its.window.stride != (1, 1)
    by_output = its.channels <= FEW_OUTPUTS
    if window.is_point and not by_output and not is_strided:
        its = its.in_one_column()
    down = TransposedAxis.of(its.window, 0, its.height)
    across = TransposedAxis.of(its.window, 1, its.width)
    if by_output:
        size = its.outputs * (down.length + down.reach) * (across.length + across.reach)
        cut = Cut.by_output(
            its.images, its.groups, its.channels, down.length, across.length, size,
            is_strided=is_strided,
        )  # fmt: skip
    else:
        cut = Cut.for_columns(
            its.images, its.groups, its.channels, down.length, across.length,
            its.outputs * its.taps, is_strided=is_strided,
        )  # fmt: skip
    is_direct = window.is_point and not its.is_depthwise and its.has_whole_vectors(cut.strip)
    plane_rows = its.rows if is_direct else cut.strip + down.reach
    plane_columns = its.columns if is_direct else across.length + across.reach
    plane = plane_rows * plane_columns
    y_image, y_row = its.groups * its.channels * its.height * its.width, its.width
    y_plane = its.height * its.width
    if is_strided:  # results of one subgrid, before `depth_to_space`
        y_row, y_plane = across.length, cut.strip * across.length
    found = _taps_by_subgrid(down, across, its.window, plane_columns)
    terms = [o * plane + at for taps in found for o in range(its.outputs) for _, at in taps]
    reading = Reading.of(
        cut, len(terms), across.length, (its.groups if is_direct else 1) * its.outputs * plane,
        plane_columns, y_image, y_row, by_output=by_output,
    )  # fmt: skip
    sizes = Sizes(
        its.images, cut.images_at_once, its.groups, its.outputs, its.channels, cut.strips,
        cut.strip, cut.blocks, cut.block, its.rows, its.columns, plane_rows, plane_columns,
        its.height, its.width, down.length, across.length,
        its.outputs * its.channels * its.taps, its.taps, 0, reading.width,
    )  # fmt: skip
    m = np.arange(its.channels)
    step = its.channels * its.taps
    subgrids = [(v.first, h.first) for v, h in product(down.subgrids, across.subgrids)]
    results = len(subgrids) * its.channels * cut.strip * across.length + SLACK
    plan = Correlation(
        cut.parts * cut.strips * its.groups * cut.blocks,
        sizes,
        table([o * step + tap for taps in found for o in range(its.outputs) for tap, _ in taps]),
        table(terms),
        reading,
        m * y_plane,
        np.zeros_like(m),
        table([(0, 0)]),
        table([1, 1]),
        table([down.low, across.low]),
        table(subgrids),
        table(its.window.stride),
        np.cumsum([its.outputs * len(taps) for taps in found]),
        table([sum_part(its.outputs, len(taps)) for taps in found]),
        0 if is_direct else cut.images_at_once * its.outputs * plane + SLACK,
        results if is_strided else 0,
    )
    return Fixed(plan)


def _taps_by_subgrid(
    down: TransposedAxis, across: TransposedAxis, window: Window, columns: int
) -> list[list[tuple[int, int]]]:
    """For every subgrid its taps: where they stand in the weights, and where they look."""
    return [
        [
            (ky * window.kernel[1] + kx, row * columns + column)
            for (ky, row), (kx, column) in product(v.taps, h.taps)
        ]
        for v, h in product(down.subgrids, across.subgrids)
    ]

"""Plans for `direct_kernel.py`: y = sums over channels and taps of weight * x.

`convolution` plans the forward pass; the gradient of the input is in `transposed_plan.py`.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from blobnet.ops.conv.blocking import FEW_OUTPUTS, Cut, sum_part
from blobnet.ops.conv.geometry import Axis, Images, table, tap_offsets
from blobnet.ops.conv.packing_plan import Reading
from blobnet.ops.launch import Fixed
from blobnet.ops.simd.isa import SLACK
from blobnet.ops.window import Window
from blobnet.types import Shape, Table


class Sizes(NamedTuple):
    """The numbers of a correlation."""

    images: int
    images_at_once: int  # in an item
    groups: int
    channels: int  # of a group
    outputs: int  # of a group
    strips: int  # an image is cut into
    strip: int  # rows of the output in each
    blocks: int  # the outputs of a group are cut into
    block: int  # outputs in each
    x_height: int
    x_width: int
    plane_rows: int  # the layout of x: see `space_to_depth`
    plane_columns: int
    y_height: int
    y_width: int
    out_rows: int  # of a subgrid; without subgrids, those of y
    out_columns: int
    weight_group: int  # steps in the weights
    weight_row: int
    bias_group: int
    width: int  # places in a vector: LANES, or fewer where rows are shorter


class Correlation(NamedTuple):
    """A plan: sizes, tables of offsets in flat arrays, and how much scratch memory it takes.

    A term is a channel and a tap; terms stand by subgrid, then by channel.
    """

    items: int
    sizes: Sizes
    weight_terms: Table
    terms: Table  # in x or its planes
    reading: Reading
    y_rows: Table  # by output
    biases: Table  # by output, from that of the group on
    x_subgrids: Table
    x_stride: Table
    x_first: Table
    y_subgrids: Table
    y_stride: Table
    subgrid_ends: Table  # where the terms of a subgrid end
    subgrid_parts: Table  # as many terms are summed one by one
    planes: int  # 0 where x is read as it is
    results: int  # 0 where y need not be put together from subgrids


@lru_cache(maxsize=1024)
def convolution(
    x: Shape, weight: Shape, y: Shape, window: Window, *, has_bias: bool
) -> Fixed[Correlation]:
    """How to compute y (N, O, *places) from x (N, C, *size)."""
    its = Images.of(x, weight, y, window)
    down, across = (Axis.of(its.window, axis) for axis in range(2))
    subgrids = list(product(down.remainders, across.remainders))
    by_output = its.outputs <= FEW_OUTPUTS
    if window.is_point and not by_output:
        its = its.in_one_column()
    if by_output:
        size = (its.rows + down.reach) * (its.columns + across.reach) * len(subgrids) * its.channels
        cut = Cut.by_output(its.images, its.groups, its.outputs, its.rows, its.columns, size)
    else:
        cut = Cut.for_columns(
            its.images, its.groups, its.outputs, its.rows, its.columns, its.channels * its.taps
        )
    is_direct = its.is_plain and not its.is_depthwise and its.has_whole_vectors(cut.strip)
    plane_rows = its.height if is_direct else cut.strip + down.reach
    plane_columns = its.width if is_direct else its.columns + across.reach
    plane = len(subgrids) * plane_rows * plane_columns
    offsets = tap_offsets(down, across, plane_rows * plane_columns, plane_columns)
    terms = table([channel * plane + tap for channel in range(its.channels) for tap in offsets])
    y_image = its.groups * its.outputs * its.rows * its.columns
    reading = Reading.of(
        cut, len(terms), its.columns, (its.groups if is_direct else 1) * its.channels * plane,
        plane_columns, y_image, its.columns, by_output=by_output,
    )  # fmt: skip
    sizes = Sizes(
        its.images, cut.images_at_once, its.groups, its.channels, its.outputs, cut.strips,
        cut.strip, cut.blocks, cut.block, its.height, its.width, plane_rows, plane_columns,
        its.rows, its.columns, its.rows, its.columns, its.outputs * its.channels * its.taps,
        its.channels * its.taps, its.outputs if has_bias else 0, reading.width,
    )  # fmt: skip
    m = np.arange(its.outputs)
    plan = Correlation(
        cut.parts * cut.strips * its.groups * cut.blocks,
        sizes,
        np.arange(its.channels * its.taps),
        terms,
        reading,
        m * (its.rows * its.columns),
        m if has_bias else np.zeros_like(m),  # the same 0 for every output
        table(subgrids),
        table(its.window.stride),
        table([-pad for pad in its.window.pad]),
        table([(0, 0)]),
        table([1, 1]),
        table([its.channels * its.taps]),
        table([sum_part(its.channels, its.taps)]),
        0 if is_direct else cut.images_at_once * its.channels * plane + SLACK,
        0,
    )
    return Fixed(plan)

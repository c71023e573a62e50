"""Plans for `compiled/correlation.py`: y = sums over channels and taps of weight * x.

`convolution` plans the forward pass; the gradient of the input is in `transposed.py`.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

from blobnet.ops.plans.cut import FEW_OUTPUTS, Cut, output_table, place_table
from blobnet.ops.plans.geometry import Axis, Images, table, tap_offsets, vector_begins
from blobnet.ops.tiles import LANES, SLACK
from blobnet.ops.window import Window
from blobnet.types import IntArray, Shape


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
    plane_rows: int  # the layout of x: see `split`
    plane_columns: int
    y_height: int
    y_width: int
    out_rows: int  # of a phase; without phases, those of y
    out_columns: int
    weight_group: int  # steps in the weights, from group to group and from channel to channel
    weight_step: int
    bias_group: int
    is_direct: bool  # x is read as it is, without planes
    is_joined: bool  # y is put together from phases
    by_output: bool  # in tiles of a single output
    width: int  # places in a vector: LANES, or fewer where rows are shorter


class Correlation(NamedTuple):
    """A plan: sizes, tables of places in flat arrays, and how much scratch memory it takes."""

    items: int
    by_plane: bool  # every item is one plane: one channel, one output
    sizes: Sizes
    weight_rows: IntArray  # by output
    weight_taps: IntArray
    x_taps: IntArray
    x_places: IntArray  # by vector of places
    y_rows: IntArray
    y_places: IntArray
    biases: IntArray
    split_phases: IntArray
    split_stride: IntArray
    split_first: IntArray
    join_phases: IntArray
    join_stride: IntArray
    tap_ends: IntArray  # by phase
    planes: int
    results: int


@lru_cache(maxsize=1024)
def convolution(x: Shape, weight: Shape, y: Shape, window: Window) -> Correlation:
    """How to compute y (N, O, *places) from x (N, C, *size)."""
    its = Images.of(x, weight, y, window)
    down, across = (Axis.of(its.window, axis) for axis in range(2))
    phases = list(product(down.phases, across.phases))
    is_direct = its.is_plain and its.columns >= LANES and not its.is_depthwise
    size = (its.rows + down.reach) * (its.columns + across.reach) * len(phases) * its.channels
    cut = Cut.of(its.images, its.groups, its.outputs, its.rows, its.columns, size)
    plane_rows = its.height if is_direct else cut.strip + down.reach
    plane_columns = its.width if is_direct else its.columns + across.reach
    planes = its.channels * len(phases) * plane_rows * plane_columns
    x_image = its.groups * its.channels * its.height * its.width if is_direct else planes
    y_image = its.groups * its.outputs * its.rows * its.columns
    begins = vector_begins(its.columns)
    by_output = its.outputs <= FEW_OUTPUTS
    sizes = Sizes(
        its.images, cut.images_at_once, its.groups, its.channels, its.outputs, cut.strips,
        cut.strip, cut.blocks, cut.block, its.height, its.width, plane_rows, plane_columns,
        its.rows, its.columns, its.rows, its.columns, its.outputs * its.channels * its.taps,
        its.taps, its.outputs, is_direct, False, by_output, min(LANES, its.columns),
    )  # fmt: skip
    m = output_table(its.outputs, by_output)
    return Correlation(
        cut.parts * cut.strips * its.groups * cut.blocks,
        its.is_depthwise and cut.items_are_planes,
        sizes,
        table([row * its.channels * its.taps for row in m]),
        table(range(its.taps)),
        table(tap_offsets(down, across, plane_rows * plane_columns, plane_columns)),
        place_table(cut, begins, x_image, plane_columns, by_output),
        table([row * its.rows * its.columns for row in m]),
        place_table(cut, begins, y_image, its.columns, by_output),
        table(m),
        table(phases),
        table(its.window.stride),
        table([-pad for pad in its.window.pad]),
        table([(0, 0)]),
        table([1, 1]),
        table([its.taps]),
        0 if is_direct else cut.images_at_once * planes + SLACK,
        0,
    )

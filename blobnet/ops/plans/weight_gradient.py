"""Plans for `compiled/weight_gradient.py`: where taps look and how the work is cut.

Items of work are cut by shapes alone, never by the number of threads.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from blobnet.ops.plans.cut import ITEMS
from blobnet.ops.plans.geometry import Axis, Images, table, tap_offsets
from blobnet.ops.tiles import LANES, PLANE_TAPS, SLACK, TAPS, filled, whole
from blobnet.ops.window import Window
from blobnet.types import IntArray, Shape

FEW_WEIGHTS = 2**15
"""With no more weights than this, lanes of images have sums of their own, added up at the end."""

IMAGE_LANES = 4


class GradientSizes(NamedTuple):
    """The numbers of a weight gradient."""

    images: int
    lanes: int  # of images that are summed apart
    groups: int
    channels: int  # of a group
    parts: int  # the channels are cut into
    part: int  # channels in each
    outputs: int  # of a group
    taps: int  # of a channel
    x_height: int
    x_width: int
    plane_rows: int
    plane_columns: int
    rows: int
    columns: int
    is_direct: bool  # x is read as it is, without planes


class WeightGradient(NamedTuple):
    """A plan: sizes, tables of places in flat arrays, and how much scratch memory it takes."""

    items: int
    by_plane: bool  # every item is one channel, with one output
    sizes: GradientSizes
    taps: IntArray  # of all channels of a part, in whole tiles
    split_phases: IntArray
    split_stride: IntArray
    split_first: IntArray
    planes: int
    turned: int
    sums: int


@lru_cache(maxsize=1024)
def weight_gradient(x: Shape, weight: Shape, dy: Shape, window: Window) -> WeightGradient:
    """How to compute the gradient of the weights from x and dy."""
    its = Images.of(x, weight, dy, window)
    down, across = (Axis.of(its.window, axis) for axis in range(2))
    phases = list(product(down.phases, across.phases))
    by_plane, is_direct = its.is_depthwise, its.is_plain and not its.is_depthwise
    vectors = whole(its.columns, LANES)
    plane_rows = its.height if is_direct else its.rows + down.reach
    plane_columns = its.width if is_direct else its.columns + across.reach
    if by_plane:  # whole vectors of places, the last ones of padding
        plane_columns = vectors + across.reach
    planes = len(phases) * plane_rows * plane_columns
    lanes = min(its.images, IMAGE_LANES) if math.prod(weight) <= FEW_WEIGHTS else 1
    wanted = math.ceil(ITEMS / (lanes * its.groups)) if lanes == 1 else 1
    part = math.ceil(its.channels / min(its.channels, wanted))
    parts = math.ceil(its.channels / part)
    sizes = GradientSizes(
        its.images, lanes, its.groups, its.channels, parts, part, its.outputs, its.taps,
        its.height, its.width, plane_rows, plane_columns, its.rows, its.columns, is_direct,
    )  # fmt: skip
    offsets = tap_offsets(down, across, plane_rows * plane_columns, plane_columns)
    taps = [channel * planes + offset for channel in range(part) for offset in offsets]
    taps = filled(taps, PLANE_TAPS if by_plane else TAPS)
    items = its.groups if by_plane else lanes * its.groups * parts
    step = LANES if by_plane else whole(its.outputs, LANES)
    return WeightGradient(
        items,
        by_plane,
        sizes,
        table(taps),
        table(phases),
        table(its.window.stride),
        table([-pad for pad in its.window.pad]),
        0 if is_direct else part * planes + SLACK,
        SLACK + its.rows * (vectors if by_plane else its.columns * step),
        len(taps) * step if by_plane else items * len(taps) * step,
    )

"""Plans for the gradient of a convolution's input by columns, where that is less work.

What every tap gives back to all places is a matrix product; then all taps are added up.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from blobnet.ops.conv.blocking import ITEMS, PLANES, sum_part
from blobnet.ops.conv.geometry import Images, vector_begins
from blobnet.ops.conv.packing_plan import Reading
from blobnet.ops.launch import Fixed
from blobnet.ops.simd.isa import LANES, SLACK, register_tile, whole
from blobnet.ops.window import Window
from blobnet.types import Shape, Table

BORDER = 1.5
"""Where an image has so many times the places of the output, taps see mostly padding."""


class Col2imSizes(NamedTuple):
    """The numbers of a gradient by columns."""

    groups: int
    channels: int  # of a group
    outputs: int  # of a group
    parts: int  # the channels are cut into
    part: int  # channels in each
    sum_part: int  # outputs that are summed one by one
    rows: int
    columns: int
    x_height: int
    x_width: int
    kernel_height: int
    kernel_width: int
    pad_above: int
    dilation_down: int
    dilation_across: int
    pitch: int  # from row to row of the columns' gradient
    first: int  # where that of the first tap is, for the first column of x


class Col2im(NamedTuple):
    """A plan for the gradient of the input by columns: by images, groups and channels."""

    items: int
    sizes: Col2imSizes
    weight_terms: Table  # by output
    terms: Table
    reading: Reading
    col_diff_rows: Table  # by channel and tap
    biases: Table  # the same 0 for all of them
    col_diff: int  # values of scratch memory


def pays(dx: Shape, weight: Shape, dy: Shape, window: Window) -> bool:
    """Whether columns take less work than a correlation over an image that is mostly padding."""
    its = Images.of(dx, weight, dy, window)
    if its.window.stride != (1, 1) or its.taps < register_tile().mr or its.is_depthwise:
        return False
    return its.height * whole(its.width, LANES) > BORDER * its.rows * whole(its.columns, LANES)


@lru_cache(maxsize=1024)
def col2im(dx: Shape, weight: Shape, dy: Shape, window: Window) -> Fixed[Col2im]:
    """How to compute dx from dy by columns."""
    its = Images.of(dx, weight, dy, window)
    (rows, columns), (above, left), (down, across) = (
        its.window.kernel, its.window.pad, its.window.dilation
    )  # fmt: skip
    reach = (columns - 1) * across
    pitch = its.columns + reach  # zeros in between, for taps that look beyond a row
    plane, count = its.rows * pitch, its.rows * its.columns
    fitting = max(1, PLANES // (its.taps * plane))
    wanted = max(math.ceil(ITEMS / (its.images * its.groups)), math.ceil(its.channels / fitting))
    part = math.ceil(its.channels / min(its.channels, wanted))
    parts = math.ceil(its.channels / part)
    sizes = Col2imSizes(
        its.groups, its.channels, its.outputs, parts, part, sum_part(its.outputs, 1), its.rows,
        its.columns, its.height, its.width, rows, columns, above, down, across, pitch, reach + left,
    )  # fmt: skip
    vectors = list(product(range(its.rows), vector_begins(its.columns)))
    offsets = [r * its.columns + q for r, q in vectors]
    col_diff_offsets = [r * pitch + q + reach for r, q in vectors]
    width = min(LANES, its.columns)
    plan = Col2im(
        its.images * its.groups * parts,
        sizes,
        np.arange(its.outputs) * (its.channels * its.taps),
        np.arange(its.outputs) * count,
        Reading.gathering(offsets, col_diff_offsets, width, its.outputs),
        np.arange(part * its.taps) * plane,
        np.zeros(part * its.taps, np.int64),
        part * its.taps * plane + reach + left + its.width + SLACK,
    )
    return Fixed(plan)

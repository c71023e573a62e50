"""Plans for the gradient of a convolution's input by columns, where that is less work.

What every tap gives back to all places is a matrix product; then all taps are added up.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from blobnet.ops.plans.cut import ITEMS, PLANES, sum_part
from blobnet.ops.plans.geometry import Images, table, vector_begins
from blobnet.ops.tiles import LANES, NARROW_PLACES, OUTPUTS, PLACES, SLACK, filled, whole
from blobnet.ops.window import Window
from blobnet.types import IntArray, Shape

BORDER = 1.5
"""Where an image has so many times the places of the output, taps see mostly padding."""


class FoldingSizes(NamedTuple):
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
    stride_down: int
    stride_across: int
    pad_above: int
    pad_left: int
    dilation_down: int
    dilation_across: int


class Folding(NamedTuple):
    """A plan for the gradient of the input by columns: by images, groups and channels."""

    items: int
    sizes: FoldingSizes
    weight_terms: IntArray  # by output
    terms: IntArray
    places: IntArray
    given_rows: IntArray  # by channel and tap
    columns: int  # values of scratch memory
    given: int


def pays_to_fold(dx: Shape, weight: Shape, dy: Shape, window: Window) -> bool:
    """Whether columns take less work than a correlation over an image that is mostly padding."""
    its = Images.of(dx, weight, dy, window)
    if its.rows * its.columns < LANES or its.taps < OUTPUTS or its.is_depthwise:
        return False
    down, across = its.window.stride
    vectors = math.ceil(its.height / down) * whole(math.ceil(its.width / across), LANES)
    return vectors > BORDER * its.rows * its.columns


@lru_cache(maxsize=1024)
def folding(dx: Shape, weight: Shape, dy: Shape, window: Window) -> Folding:
    """How to compute dx from dy by columns."""
    its = Images.of(dx, weight, dy, window)
    places = its.rows * its.columns
    fitting = max(1, PLANES // (its.taps * places))
    wanted = max(math.ceil(ITEMS / (its.images * its.groups)), math.ceil(its.channels / fitting))
    part = math.ceil(its.channels / min(its.channels, wanted))
    parts = math.ceil(its.channels / part)
    window = its.window
    sizes = FoldingSizes(
        its.groups, its.channels, its.outputs, parts, part, sum_part(its.outputs, 1), its.rows,
        its.columns, its.height, its.width, *window.kernel, *window.stride, *window.pad, *window.dilation,
    )  # fmt: skip
    vectors = filled(vector_begins(places), NARROW_PLACES)
    return Folding(
        its.images * its.groups * parts,
        sizes,
        np.arange(its.outputs) * (its.channels * its.taps),
        np.arange(its.outputs) * places,
        table(vectors),
        np.arange(part * its.taps) * places,
        whole(len(vectors), PLACES) * LANES * its.outputs,
        part * its.taps * places + SLACK,
    )

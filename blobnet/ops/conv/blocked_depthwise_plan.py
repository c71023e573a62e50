"""Plans for `blocked_depthwise_kernel.py`."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from blobnet.ops.conv.blocking import ITEMS
from blobnet.ops.conv.geometry import Images
from blobnet.ops.launch import Fixed
from blobnet.ops.simd.isa import BLOCK
from blobnet.ops.window import Window
from blobnet.types import Shape

AT_ONCE = 4
"""Places of a row of y that are computed together: a row of 14 has three times as many inside."""


class PlaneSizes(NamedTuple):
    """The numbers of a convolution whose groups have one channel and one output each."""

    images: int
    blocks: int
    strips: int  # a plane of y is cut into
    strip: int  # rows in each
    height: int  # of a plane of x
    width: int
    rows: int  # of a plane of y
    columns: int
    stride_down: int
    stride_across: int
    pad_above: int
    pad_left: int
    inner_begin: int  # columns of y whose windows do not reach over the left or right edge;
    inner_end: int  # none at all where they are few


class BlockedDepthwise(NamedTuple):
    """A plan: an item is a strip of a plane."""

    items: int
    sizes: PlaneSizes


@lru_cache(maxsize=1024)
def convolution(x: Shape, weight: Shape, y: Shape, window: Window) -> Fixed[BlockedDepthwise]:
    """How to compute y from x (N, C, *size), both in blocks."""
    its = Images.of(x, weight, y, window)
    (down, across), (above, left) = its.window.stride, its.window.pad
    blocks = its.groups // BLOCK
    strips = min(its.rows, math.ceil(ITEMS / (its.images * blocks)))
    strip = math.ceil(its.rows / strips)
    begin = math.ceil(left / across)
    end = min(its.columns, (its.width - its.window.kernel[1] + left) // across + 1)
    if end - begin < AT_ONCE:
        begin = end = its.columns
    strips = math.ceil(its.rows / strip)
    sizes = PlaneSizes(
        its.images, blocks, strips, strip, its.height, its.width, its.rows, its.columns, down,
        across, above, left, begin, end,
    )  # fmt: skip
    return Fixed(BlockedDepthwise(its.images * blocks * strips, sizes))

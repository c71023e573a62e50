"""Plans for `blocked_kernel.py`: convolution by weights that lie in blocks of outputs.

A block is BLOCK outputs or channels, side by side. Images may lie in such blocks, too, instead of
in planes: (N, C / BLOCK, *size, BLOCK).
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from blobnet.ops.conv.blocking import ITEMS, sum_part
from blobnet.ops.conv.geometry import Images, table
from blobnet.ops.launch import Fixed
from blobnet.ops.simd.isa import BLOCK, SLACK, filled, register_tile
from blobnet.ops.window import Window
from blobnet.types import Shape, Table

VALUES = 2**16
"""Of x, that an item reads: 256 KB of float32, which stay in a processor's second cache while all
of its weights go by."""


class BlockedSizes(NamedTuple):
    """The numbers of a convolution."""

    images: int
    strips: int  # an image is cut into
    strip: int  # rows of y in each
    rows: int
    parts: int  # the blocks of outputs are cut into
    part: int  # blocks in each
    blocks: int  # of outputs
    x_image: int  # values from one image of x to the next
    x_row: int  # from what a row of y sees to what the next one sees
    y_row: int
    y_block: int
    outputs: int
    y_plane: int  # places in a plane of y
    sum_part: int  # as many terms are summed one by one
    planes: int  # of an image, as they are laid out with their padding; what follows is for them
    height: int
    width: int  # of a row, in values
    plane_rows: int
    plane_width: int
    row_step: int  # rows of x from one row of y to the next


class Blocked(NamedTuple):
    """A plan.

    terms     where in x each term looks: by channel, then by tap
    places    where in x the first term of each place of a strip looks, in whole tiles
    y_places  where in a block of y it is
    planes    values of scratch memory; 0 where x is read as it lies
    results   the same; 0 where y is in blocks
    """

    items: int
    sizes: BlockedSizes
    terms: Table
    places: Table
    y_places: Table
    first: Table  # row and column of the padding
    one: Table
    nothing: Table
    planes: int
    results: int


@lru_cache(maxsize=1024)
def convolution(
    x: Shape, weight: Shape, y: Shape, window: Window, *, x_in_blocks: bool, y_in_blocks: bool
) -> Fixed[Blocked]:
    """How to compute y (N, O, *places) from x (N, C, *size), in blocks or in planes."""
    its = Images.of(x, weight, y, window)
    if window.is_point:
        its = its.in_one_column()
    its_tile = register_tile()
    block = BLOCK if x_in_blocks else 1
    blocks, planes = math.ceil(its.outputs / BLOCK), its.channels // block
    parts = math.ceil(blocks / its_tile.blocks)
    down, across = its.window.stride
    pad_above, pad_left = its.window.pad
    dilation_down, dilation_across = its.window.dilation
    kernel_height, kernel_width = its.window.kernel
    reach = (kernel_height - 1) * dilation_down
    has_planes = any(its.window.pad)
    strip = _strip(its, parts, down * its.width * its.channels)
    height, width = its.height, its.width
    if has_planes:
        height = (strip - 1) * down + reach + 1
        width = (its.columns - 1) * across + (kernel_width - 1) * dilation_across + 1
    terms = [
        ((plane * height + ky * dilation_down) * width + kx * dilation_across) * block + c
        for plane in range(planes)
        for c in range(block)
        for ky in range(kernel_height)
        for kx in range(kernel_width)
    ]
    cells = list(product(range(strip), range(its.columns)))
    places = [(r * down * width + q * across) * block for r, q in cells]
    sizes = BlockedSizes(
        its.images, math.ceil(its.rows / strip), strip, its.rows, parts, its_tile.blocks, blocks,
        its.channels * its.height * its.width, down * width * block, its.columns * BLOCK,
        (its.rows if y_in_blocks else strip) * its.columns * BLOCK, its.outputs,
        its.rows * its.columns, sum_part(its.channels, its.taps),
        planes, its.height, its.width * block, height, width * block, down,
    )  # fmt: skip
    plan = Blocked(
        its.images * sizes.strips * parts,
        sizes,
        table(terms),
        table(filled(places, its_tile.places)),
        table(filled([(r * its.columns + q) * BLOCK for r, q in cells], its_tile.places)),
        table([-pad_above, -pad_left * block]),
        table([1, 1]),
        table([(0, 0)]),
        planes * height * width * block + SLACK if has_planes else 0,
        0 if y_in_blocks else its_tile.blocks * len(cells) * BLOCK,
    )
    return Fixed(plan)


def _strip(its: Images, parts: int, row: int) -> int:
    """Rows of y in a strip."""
    wanted = max(math.ceil(ITEMS / (its.images * parts)), math.ceil(its.rows * row / VALUES))
    tiles = math.ceil(its.rows * its.columns / register_tile().places)
    strips = max(1, min(wanted, its.rows, tiles // 4))
    strip = math.ceil(its.rows / strips)
    if its.columns == 1 and strips > 1:
        places = register_tile().places
        strip = min(its.rows, math.ceil(strip / places) * places)
    return strip

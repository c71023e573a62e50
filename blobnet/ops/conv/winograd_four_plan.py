"""Plans for `winograd_four_kernel.py`: windows of 3x3, four by four outputs at a time.

A window with a dilation sees pixels that leave one remainder when divided by it, and no others: of
those an image is made, for each remainder, and the window is an ordinary one. The pad must be a
multiple of the dilation, so that a place and the pixels that it sees have the same remainder.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from blobnet.ops.conv.blocking import ITEMS, KC_TIMES_NC, STRIPS, Cut
from blobnet.ops.conv.geometry import table
from blobnet.ops.conv.winograd_plan import APART
from blobnet.ops.launch import Fixed
from blobnet.ops.simd.isa import LANES, panel_size, register_tile, whole
from blobnet.ops.window import Window
from blobnet.types import IntArray, Shape

SIDE = 4
"""Rows and columns of outputs that a tile has."""

SEEN = 6
"""Rows and columns of pixels that it sees: `SEEN` squared are the frequencies."""

FREQUENCIES = SEEN * SEEN

MANY_CHANNELS = 16
"""With fewer channels or outputs, the transforms take longer than the products."""

MANY_TILES = 24
"""With fewer tiles there are too few products for every weight that is read, ..."""

SOME_TILES, MANY_WEIGHTS = 16, 2**16
"""... but where not so many channels times outputs leave a processor's last cache to others: an
image of 14 by 14 has 16 tiles."""

MANY_PRODUCTS = 2**21
"""With fewer products in a direct sum it is done as soon."""

PANEL = 2**16
"""Values in the columns of one frequency, which stay in a processor's second cache."""

COLUMNS = 2**19
"""Values in the columns of all frequencies, if there are few channels."""


class Sizes(NamedTuple):
    """The numbers of a convolution."""

    images: int
    images_at_once: int  # in an item
    groups: int
    channels: int  # of a group
    outputs: int  # of a group
    strips: int  # an image is cut into
    strip: int  # rows of tiles in each
    blocks: int  # the outputs of a group are cut into
    block: int  # outputs in each
    chunks: int  # the channels of a group are cut into, to be transformed for all blocks; or 0
    chunk: int  # channels in each
    x_height: int
    x_width: int
    y_height: int
    y_width: int
    tile_rows: int
    tile_columns: int
    padded_tiles: int  # tiles of an item, in whole panels
    bias_group: int
    pad_rows: int
    pad_columns: int
    a_step: int  # from the weights of one frequency to those of the next
    b_step: int  # likewise of columns
    panel: int  # values from one panel of the columns to the next


class Four(NamedTuple):
    """A plan: sizes, tables of offsets in flat arrays, and how much scratch memory it takes."""

    items: int
    sizes: Sizes
    biases: IntArray  # by output
    terms: IntArray
    lines: int
    columns: int  # of all blocks of outputs that see the same
    products: int


class FourWeights(NamedTuple):
    """Of how many weights there are, whatever the images."""

    rows: int  # outputs of all groups
    channels: int
    a_step: int
    frequencies: int
    row_taps: int


def pays(x: Shape, weight: Shape, y: Shape, window: Window) -> bool:
    """Whether a convolution from x to y (N, C, *size) is of this kind, and large enough."""
    if window.kernel != (3, 3) or window.stride != (1, 1):
        return False
    if any(pad % steps for pad, steps in zip(window.pad, window.dilation, strict=True)):
        return False
    tiles = 1
    for size, steps in zip(y[2:], window.dilation, strict=True):
        tiles *= math.ceil(math.ceil(size / steps) / SIDE) * steps
    enough = SOME_TILES if weight[0] * weight[1] < MANY_WEIGHTS else MANY_TILES
    return (
        min(weight[1], weight[0] * weight[1] // max(1, x[1])) >= MANY_CHANNELS
        and tiles >= enough
        and math.prod(weight) * x[0] * math.prod(y[2:]) >= MANY_PRODUCTS
    )


@lru_cache(maxsize=1024)
def four_weights(weight: Shape) -> Fixed[FourWeights]:
    """How weights (O, C / groups, 3, 3) become frequencies."""
    rows, channels = weight[:2]
    width = (math.ceil(channels / LANES) | 1) * LANES
    a_step = rows * channels + APART
    size = FREQUENCIES * a_step + register_tile().mr * channels
    return Fixed(FourWeights(rows, channels, a_step, size, 9 * width))


@lru_cache(maxsize=1024)
def four(x: Shape, weight: Shape, y: Shape, pad: tuple[int, int], *, has_bias: bool) -> Fixed[Four]:
    """How to compute y (N, O, *places) from x (N, C, *size), with so much padding."""
    tile, channels = register_tile(), weight[1]
    groups = x[1] // channels
    outputs = y[1] // groups
    tile_rows, tile_columns = math.ceil(y[2] / SIDE), math.ceil(y[3] / SIDE)
    most = max(COLUMNS // (FREQUENCIES * channels), min(PANEL // channels, 128), 1)
    cut = Cut.for_columns(
        x[0], groups, outputs, tile_rows, tile_columns, max(1, KC_TIMES_NC // most)
    )
    tiles = cut.images_at_once * cut.strip * tile_columns
    padded_tiles = whole(tiles, tile.narrow_nr * LANES)
    panel = panel_size(channels)
    b_step = math.ceil(padded_tiles / (tile.nr * LANES)) * panel
    pieces = cut.parts * cut.strips * groups
    is_shared = cut.blocks > 1 and pieces < STRIPS  # else every thread has its own
    chunk = math.ceil(channels / math.ceil(ITEMS / pieces)) if is_shared else channels
    sizes = Sizes(
        x[0], cut.images_at_once, groups, channels, outputs, cut.strips, cut.strip, cut.blocks,
        cut.block, math.ceil(channels / chunk) if is_shared else 0, chunk, x[2], x[3], y[2],
        y[3], tile_rows, tile_columns, padded_tiles, outputs if has_bias else 0, *pad,
        four_weights(weight).value.a_step, b_step, panel,
    )  # fmt: skip
    # odd numbers of vectors, or rows of them compete for the same place in a cache
    line = whole(tiles + (tile.nr - 1) * LANES, 2 * LANES) + LANES
    plan = Four(
        pieces * cut.blocks,
        sizes,
        np.arange(outputs) if has_bias else np.zeros(outputs, np.int64),  # the same 0 for all
        table(range(channels)),
        max(FREQUENCIES * line, SIDE * SIDE * padded_tiles),
        FREQUENCIES * b_step,
        FREQUENCIES * cut.block * padded_tiles,
    )
    return Fixed(plan)

"""Plans for `compiled/winograd.py`: 3x3 windows next to one another."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from blobnet.ops.plans.cut import Cut
from blobnet.ops.plans.geometry import table
from blobnet.ops.tiles import LANES, NARROW_PLACES, OUTPUTS, PLACES, SLACK, panel_size, whole
from blobnet.ops.window import Window
from blobnet.types import IntArray, Shape

FREQUENCIES = 16

MANY_CHANNELS = 16
"""With fewer channels or outputs, the transforms take longer than the products."""

MANY_TILES = 64
"""With fewer tiles, the weights' transform takes longer than the products."""

APART = 3 * 16
"""Values between the weights of two frequencies, or all of them compete for the same place in a
processor's cache."""


class WinogradSizes(NamedTuple):
    """The numbers of a convolution; a tile is two rows and two columns of y."""

    images: int
    images_at_once: int  # in an item
    groups: int
    channels: int  # of a group
    outputs: int  # of a group
    strips: int  # an image is cut into
    strip: int  # rows of tiles in each
    blocks: int  # the outputs of a group are cut into
    block: int  # outputs in each
    x_height: int
    x_width: int
    y_height: int
    y_width: int
    tile_rows: int
    tile_columns: int
    places: int  # tiles of an item, in whole panels
    frequency: int  # weights of one
    bias_group: int


class Winograd(NamedTuple):
    """A plan: sizes, tables of places in flat arrays, and how much scratch memory it takes."""

    items: int
    sizes: WinogradSizes
    biases: IntArray  # by output
    phases: IntArray
    stride: IntArray
    first: IntArray
    terms: IntArray
    frequencies: int
    planes: int
    line: int
    columns: int
    products: int


def pays(x: Shape, weight: Shape, y: Shape, window: Window) -> bool:
    """Whether a convolution from x to y (N, C, *size), or its reverse, is of this kind."""
    if (window.kernel, window.stride, window.dilation) != ((3, 3), (1, 1), (1, 1)):
        return False
    tiles = x[0] * math.ceil(y[2] / 2) * math.ceil(y[3] / 2)
    groups = x[1] * y[1] // max(1, weight[0] * weight[1])
    return min(x[1], y[1]) // max(1, groups) >= MANY_CHANNELS and tiles >= MANY_TILES


@lru_cache(maxsize=1024)
def winograd(x: Shape, y: Shape, groups: int, pad: tuple[int, int]) -> Winograd:
    """How to compute y (N, O, *places) from x (N, C, *size), with so much padding."""
    channels, outputs = x[1] // groups, y[1] // groups
    tile_rows, tile_columns = math.ceil(y[2] / 2), math.ceil(y[3] / 2)
    cut = Cut.for_columns(
        x[0], groups, outputs, tile_rows, tile_columns, channels * FREQUENCIES // 2
    )
    places = whole(cut.images_at_once * cut.strip * tile_columns, NARROW_PLACES * LANES)
    sizes = WinogradSizes(
        x[0], cut.images_at_once, groups, channels, outputs, cut.strips, cut.strip, cut.blocks,
        cut.block, x[2], x[3], y[2], y[3], tile_rows, tile_columns, places,
        y[1] * channels + APART, outputs,
    )  # fmt: skip
    plane = (cut.strip + 1) * (tile_columns + 1)
    return Winograd(
        cut.parts * cut.strips * groups * cut.blocks,
        sizes,
        np.arange(outputs),
        table(list(product(range(2), range(2)))),
        table((2, 2)),
        table([-length for length in pad]),
        np.arange(channels),
        FREQUENCIES * sizes.frequency + OUTPUTS * channels,
        cut.images_at_once * channels * 4 * plane + SLACK,
        FREQUENCIES * (places + SLACK),
        FREQUENCIES * math.ceil(places / (PLACES * LANES)) * panel_size(channels),
        FREQUENCIES * cut.block * places,
    )

"""Plans for `winograd_kernel.py`: square windows of odd size next to one another."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from blobnet.ops.conv.blocking import Cut
from blobnet.ops.conv.geometry import table
from blobnet.ops.launch import Fixed
from blobnet.ops.simd.isa import LANES, panel_size, register_tile, whole
from blobnet.ops.window import Window
from blobnet.types import IntArray, Shape

FREQUENCIES = 16

WINDOWS = (3, 5)
"""Sizes of windows for which there are fewer products, and no larger errors."""

MANY_CHANNELS = 4
"""With fewer channels or outputs for each tap along an axis, and one more, the transforms take
longer than the products: 16 for 3x3, 24 for 5x5."""

MANY_TILES = 32
"""With fewer tiles, the weights' transform takes longer than the products."""

MANY_PRODUCTS = 2**25
"""With fewer products in a direct sum, it takes less time than waking threads once more."""

APART = 3 * 16
"""Values between the weights of two frequencies, or all of them compete for the same place in a
processor's cache."""


class Parts(NamedTuple):
    """A window in parts, each of three by three taps or fewer, that see a tile of four by four.

    A part looks at the tile of its place, or at one of those behind: two taps farther on is a tile
    farther on. So all but the last, along an axis, have two taps, and no last frequency.
    """

    taps: IntArray  # (parts, 3, 3): which of the window's, or their number where there is none
    shifts: IntArray  # (parts, 2): how many tiles farther on it looks
    terms: IntArray  # (parts, FREQUENCIES): its number among the parts of a frequency, or -1
    counts: IntArray  # by frequency

    @classmethod
    def of(cls, size: int, *, is_turned: bool = False) -> Parts:
        """For a window of so many rows and columns; turned, its last tap comes first."""
        along = range((size - 1) // 2)
        taps, shifts, terms = [], [], []
        counts = [0] * FREQUENCIES
        for shift in product(along, repeat=2):
            down, across = (_taps_along(size, place) for place in shift)
            taps.append([[_tap(size, row, column, is_turned) for column in across] for row in down])
            shifts.append(shift)
            terms.append([-1] * FREQUENCIES)
            for frequency, (v, h) in enumerate(product(range(4), repeat=2)):
                if (v < 3 or down[2] < size) and (h < 3 or across[2] < size):
                    terms[-1][frequency] = counts[frequency]
                    counts[frequency] += 1
        return cls(table(taps), table(shifts), table(terms), table(counts))


def _taps_along(size: int, place: int) -> tuple[int, int, int]:
    """The taps of a part along one axis; `size` where there is none."""
    first = 2 * place
    return first, first + 1, first + 2 if first + 3 == size else size


def _tap(size: int, row: int, column: int, is_turned: bool) -> int:
    """The number of a tap; the number of all taps where there is none."""
    if max(row, column) == size:
        return size * size
    return size * size - 1 - (row * size + column) if is_turned else row * size + column


class WinogradSizes(NamedTuple):
    """The numbers of a convolution; a tile is two rows and two columns of y."""

    images: int
    images_at_once: int  # in an item
    groups: int
    channels: int  # of a group
    outputs: int  # of a group
    window: int  # taps along an axis
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
    padded_tiles: int  # tiles of an item, in whole panels
    bias_group: int


class Winograd(NamedTuple):
    """A plan: sizes, tables of offsets in flat arrays, and how much scratch memory it takes."""

    items: int
    sizes: WinogradSizes
    parts: Parts
    biases: IntArray  # by output
    pad: tuple[int, int]
    terms: IntArray
    weights_at: IntArray  # by frequency, in `frequencies`
    columns_at: IntArray  # by frequency
    panels: IntArray  # values from one panel of the columns to the next, by frequency
    frequencies: int
    row_taps: int
    lines: int
    columns: int
    products: int


def pays(x: Shape, weight: Shape, y: Shape, window: Window) -> bool:
    """Whether a convolution from x to y (N, C, *size), or its reverse, is of this kind."""
    if len(window.kernel) != 2 or (window.stride, window.dilation) != ((1, 1), (1, 1)):
        return False
    if window.kernel[0] != window.kernel[1] or window.kernel[0] not in WINDOWS:
        return False
    tiles = x[0] * math.ceil(y[2] / 2) * math.ceil(y[3] / 2)
    groups = x[1] * y[1] // max(1, weight[0] * weight[1])
    return (
        min(x[1], y[1]) // max(1, groups) >= MANY_CHANNELS * (window.kernel[0] + 1)
        and tiles >= MANY_TILES
        and math.prod(weight) * x[0] * math.prod(y[2:]) >= MANY_PRODUCTS
    )


@lru_cache(maxsize=1024)
def winograd(
    x: Shape, y: Shape, groups: int, size: int, pad: tuple[int, int], *, is_turned: bool,
    has_bias: bool,
) -> Fixed[Winograd]:  # fmt: skip
    """How to compute y (N, O, *places) from x (N, C, *size), with so much padding."""
    parts, tile = Parts.of(size, is_turned=is_turned), register_tile()
    channels, outputs = x[1] // groups, y[1] // groups
    tile_rows, tile_columns = math.ceil(y[2] / 2), math.ceil(y[3] / 2)
    cut = Cut.for_columns(
        x[0], groups, outputs, tile_rows, tile_columns, channels * int(parts.counts.sum()) // 2
    )
    padded_tiles = whole(cut.images_at_once * cut.strip * tile_columns, tile.narrow_nr * LANES)
    sizes = WinogradSizes(
        x[0], cut.images_at_once, groups, channels, outputs, size, cut.strips, cut.strip,
        cut.blocks, cut.block, x[2], x[3], y[2], y[3], tile_rows, tile_columns, padded_tiles,
        outputs if has_bias else 0,
    )  # fmt: skip
    reach = (size - 1) // 2
    tiles = cut.images_at_once * (cut.strip + reach - 1) * tile_columns
    # odd numbers of vectors, or rows of them compete for the same place in a cache
    line = whole(tiles + (tile.nr - 1) * LANES, 2 * LANES) + LANES
    width = (math.ceil(channels / LANES) | 1) * LANES
    terms = parts.counts * channels
    panels = np.array([panel_size(count) for count in terms])
    weights_at = _offsets_of(y[1] * terms + APART)
    columns_at = _offsets_of(math.ceil(padded_tiles / (tile.nr * LANES)) * panels)
    plan = Winograd(
        cut.parts * cut.strips * groups * cut.blocks,
        sizes,
        parts,
        np.arange(outputs) if has_bias else np.zeros(outputs, np.int64),  # the same 0 for all
        pad,
        np.arange(terms.max()),
        weights_at[:-1],
        columns_at[:-1],
        panels,
        int(weights_at[-1] + tile.mr * terms.max()),
        (size * size + 1) * width,
        reach * FREQUENCIES * line,
        int(columns_at[-1]),
        FREQUENCIES * cut.block * padded_tiles,
    )
    return Fixed(plan)


def _offsets_of(sizes: IntArray) -> IntArray:
    """Where things of such sizes begin, one behind the other, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(sizes)])

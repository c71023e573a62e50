"""Plans for `weight_gradient_kernel.py`: where taps look and how the work is cut.

Items of work are cut by shapes alone, never by the number of threads.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from blobnet.ops.conv.geometry import Axis, Images, table, tap_offsets
from blobnet.ops.launch import Fixed
from blobnet.ops.simd.isa import LANES, SLACK, TILES_AT_ONCE, filled, register_tile, whole
from blobnet.ops.window import Window, overlap
from blobnet.types import Shape, Table

FEW_WEIGHTS = 2**15
"""With no more weights than this, groups of images have sums of their own, added up at the end."""

IMAGE_GROUPS = 4

PLACES_AT_ONCE = 784
"""In a strip: more would load and save sums less often, but a panel must stay in a cache."""

LINES = 2**18
"""Values in the lines of a strip, so that they stay in a processor's cache."""

FEW_PLACES = 64
"""A strip has no fewer, however long its lines: each loads and saves all sums."""

WASTE = 1.15
"""By so much more work, tiles of channels are as fast as lines of taps."""


class GradientSizes(NamedTuple):
    """The numbers of a weight gradient."""

    images: int
    at_once: int  # images that are added up in one go
    image_groups: int  # of images that are summed apart
    groups: int
    channels: int  # of a group
    outputs: int  # of a group
    taps: int  # of a channel
    x_height: int
    x_width: int
    stride_down: int
    stride_across: int
    plane_rows: int
    plane_columns: int
    rows: int
    columns: int
    strip_rows: int
    strip_columns: int
    parts: int  # of a group's weights
    by_outputs: bool  # a part is a panel of outputs, otherwise a tile
    by_tap: bool  # tiles hold channels, tap by tap; otherwise taps of all channels
    is_direct: bool  # x is read as it is, without planes
    all_channels: int  # that tiles hold: channels, or else the taps of all of them
    sum_channels: int  # the same, in whole tiles where they must not overlap
    sum_taps: int  # of what tiles hold
    tiles: int
    sum_rows: int  # sums of an output
    sum_columns: int  # outputs in whole vectors
    line: int  # steps from line to line


class WeightGradient(NamedTuple):
    """A plan: sizes, tables of offsets in flat arrays, and how much scratch memory it takes."""

    items: int
    sizes: GradientSizes
    panels: Table  # the outputs where they begin, and where the last one ends
    tap_ranges: Table  # by tap: how far off, and from which rows and columns it sees no padding
    taps: Table  # of all channels, in whole tiles: where they look
    x_subgrids: Table
    x_stride: Table
    x_first: Table
    planes: int
    lines: int
    turned: int
    sums: int
    totals: int


@lru_cache(maxsize=1024)
def weight_gradient(x: Shape, weight: Shape, dy: Shape, window: Window) -> Fixed[WeightGradient]:
    """How to compute the gradient of the weights from x and dy."""
    its = Images.of(x, weight, dy, window)
    down, across = (Axis.of(its.window, axis) for axis in range(2))
    s = _sizes(its, down.reach, across.reach)
    mr, nr = register_tile().gradient_mr, register_tile().gradient_nr
    subgrids = list(product(down.remainders, across.remainders))
    planes = len(subgrids) * s.plane_rows * s.plane_columns
    offsets = tap_offsets(down, across, s.plane_rows * s.plane_columns, s.plane_columns)
    taps = [channel * planes + offset for channel in range(its.channels) for offset in offsets]
    taps = [] if s.by_tap else filled(taps, mr)
    vectors = s.sum_columns // LANES
    panels = math.ceil(vectors / nr)
    places = s.at_once * s.strip_rows * s.strip_columns
    plan = WeightGradient(
        s.image_groups * s.groups * s.parts,
        s,
        table([vectors * panel // panels * LANES for panel in range(panels + 1)]),
        table(_tap_ranges(its) if s.by_tap else [(0, 0, 1, 0, places)]),
        table(taps),
        table(subgrids),
        table(its.window.stride),
        table([-pad for pad in its.window.pad]),
        0 if s.is_direct else s.channels * planes + SLACK,
        len(taps) * s.line,
        places * min(vectors, nr) * LANES,
        s.image_groups * s.groups * s.sum_rows * s.sum_columns,
        (TILES_AT_ONCE * mr * s.sum_taps + LANES) * LANES,
    )
    return Fixed(plan)


def _sizes(its: Images, reach_down: int, reach_across: int) -> GradientSizes:
    """How tiles, image groups and strips are cut."""
    mr, nr = register_tile().gradient_mr, register_tile().gradient_nr
    terms, vectors = its.channels * its.taps, max(2, math.ceil(its.outputs / LANES))
    by_tap = its.channels >= mr and (whole(its.channels, mr) * its.taps <= WASTE * whole(terms, mr))
    all_channels, taps = (its.channels, its.taps) if by_tap else (terms, 1)
    tiles, panels = math.ceil(all_channels / mr), math.ceil(vectors / nr)
    weights = its.groups * its.outputs * terms
    image_groups = min(its.images, IMAGE_GROUPS) if weights <= FEW_WEIGHTS else 1
    most = PLACES_AT_ONCE if by_tap else min(max(LINES // terms, FEW_PLACES), PLACES_AT_ONCE)
    at_once, strip_rows, strip_columns = _strip(its, math.ceil(its.images / image_groups), most)
    places = at_once * strip_rows * strip_columns
    shortest = (its.columns - 1) % strip_columns + 1  # of the pieces that rows are cut into
    is_direct = by_tap or (its.is_plain and shortest >= LANES)
    plane_rows, plane_columns = its.rows + reach_down, its.columns + reach_across
    if is_direct:
        plane_rows, plane_columns = its.height, its.width
    down, across = its.window.stride
    return GradientSizes(
        its.images, at_once, image_groups, its.groups, its.channels, its.outputs, its.taps,
        its.height, its.width, down, across, plane_rows, plane_columns, its.rows, its.columns,
        strip_rows, strip_columns, max(tiles, panels), panels > tiles, by_tap, is_direct,
        all_channels, all_channels if by_tap else whole(terms, mr), taps, tiles,
        tiles * mr * taps, vectors * LANES, whole(places, LANES) + LANES,
    )  # fmt: skip


def _strip(its: Images, images: int, most: int) -> tuple[int, int, int]:
    """Images, rows and columns that are added up in one go: about as many places as `most`."""
    if its.columns > most:
        return 1, 1, math.ceil(its.columns / math.ceil(its.columns / most))
    rows = min(its.rows, most // its.columns)
    if rows < its.rows:
        return 1, math.ceil(its.rows / math.ceil(its.rows / rows)), its.columns
    return min(images, most // (rows * its.columns)), rows, its.columns


def _tap_ranges(its: Images) -> list[tuple[int, ...]]:
    """Of each tap: how far from a place it looks, and the rows and columns where it sees x."""
    tap_ranges: list[tuple[int, ...]] = []
    for tap in product(*map(range, its.window.kernel)):
        steps = zip(tap, its.window.dilation, its.window.pad, strict=True)
        y, x = (k * dilation - pad for k, dilation, pad in steps)
        rows, _ = overlap(y, its.window.stride[0], its.rows, its.height)
        columns, _ = overlap(x, its.window.stride[1], its.columns, its.width)
        tap_ranges.append((y * its.width + x, rows.start, rows.stop, columns.start, columns.stop))
    return tap_ranges

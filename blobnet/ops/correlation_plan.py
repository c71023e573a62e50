"""Plans for `compiled/correlation.py`: where taps look and how the work is cut.

A correlation is y[m] = the sum over channels and taps of weight * x. `convolution` plans the
forward pass. `transposed` plans the gradient of the input, which is also what a deconvolution
does forward: pixels that leave the same remainder when divided by the stride are one phase, and
every phase is a correlation of its own, with those of the taps that reach it.

Items of work are cut by shapes alone, never by the number of threads.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from blobnet.ops.tiles import LANES, OUTPUTS, PLACES, PLANE_PLACES, SLACK, filled, whole
from blobnet.ops.window import Window
from blobnet.types import IntArray, Shape

ITEMS = 16
"""As many items as there should be, so that several threads find work."""

VECTORS = 24
"""As many vectors of places as an item should have: all of its weights are read for them."""

PLANES = 2**17
"""Values in the planes of an item, so that they stay in a processor's cache."""

FEW_OUTPUTS = 2
"""Groups with no more outputs go through the tile of a single output."""


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


class Images(NamedTuple):
    """A convolution as one of two spatial axes: missing ones have length 1."""

    window: Window
    images: int
    groups: int
    channels: int  # of a group, on the side of x
    outputs: int  # of a group, on the side of y
    taps: int
    height: int
    width: int
    rows: int
    columns: int

    @classmethod
    def of(cls, x: Shape, weight: Shape, y: Shape, window: Window) -> Images:
        missing = 2 - len(window.kernel)
        ones, zeros = (1,) * missing, (0,) * missing
        full = Window(
            ones + window.kernel, ones + window.stride, zeros + window.pad, ones + window.dilation
        )
        groups = x[1] // weight[1]
        sizes = (*(ones + x[2:]), *(ones + y[2:]))
        if window.is_point:  # rows need not be told apart
            sizes = (1, math.prod(x[2:]), 1, math.prod(y[2:]))
        taps = math.prod(weight[2:])
        return cls(full, x[0], groups, weight[1], weight[0] // groups, taps, *sizes)

    @property
    def is_depthwise(self) -> bool:
        return self.channels == self.outputs == 1

    @property
    def is_plain(self) -> bool:
        """Whether windows follow one another without steps or padding."""
        return self.window.stride == (1, 1) and self.window.pad == (0, 0)


# --- the forward pass -----------------------------------------------------------------------------


class Tap(NamedTuple):
    """Where a tap looks along one axis: into which phase, how far on in its plane."""

    phase: int
    shift: int


class Axis(NamedTuple):
    """The taps along one axis, the phases they look into, and the farthest shift."""

    taps: list[Tap]
    phases: list[int]
    reach: int

    @classmethod
    def of(cls, window: Window, axis: int) -> Axis:
        stride, dilation = window.stride[axis], window.dilation[axis]
        found = [divmod(k * dilation, stride) for k in range(window.kernel[axis])]
        taps = [Tap(phase, shift) for shift, phase in found]
        phases = sorted({tap.phase for tap in taps})
        return cls(taps, phases, max(tap.shift for tap in taps))


def tap_offsets(down: Axis, across: Axis, plane: int, columns: int) -> list[int]:
    """Where each tap of a window looks in the planes of a channel."""
    phases = list(product(down.phases, across.phases))
    return [
        phases.index((v.phase, h.phase)) * plane + v.shift * columns + h.shift
        for v in down.taps
        for h in across.taps
    ]


@lru_cache(maxsize=1024)
def convolution(x: Shape, weight: Shape, y: Shape, window: Window) -> Correlation:
    """How to compute y (N, O, *places) from x (N, C, *size)."""
    its = Images.of(x, weight, y, window)
    down, across = (Axis.of(its.window, axis) for axis in range(2))
    phases = list(product(down.phases, across.phases))
    is_direct = its.is_plain and its.columns >= LANES and not its.is_depthwise
    size = (its.rows + down.reach) * (its.columns + across.reach) * len(phases) * its.channels
    cut = _Cut.of(its.images, its.groups, its.outputs, its.rows, its.columns, size)
    plane_rows = its.height if is_direct else cut.strip + down.reach
    plane_columns = its.width if is_direct else its.columns + across.reach
    planes = its.channels * len(phases) * plane_rows * plane_columns
    x_image = its.groups * its.channels * its.height * its.width if is_direct else planes
    y_image = its.groups * its.outputs * its.rows * its.columns
    begins = _vector_begins(its.columns)
    by_output = its.outputs <= FEW_OUTPUTS
    sizes = Sizes(
        its.images, cut.images_at_once, its.groups, its.channels, its.outputs, cut.strips,
        cut.strip, cut.blocks, cut.block, its.height, its.width, plane_rows, plane_columns,
        its.rows, its.columns, its.rows, its.columns, its.outputs * its.channels * its.taps,
        its.taps, its.outputs, is_direct, False, by_output, min(LANES, its.columns),
    )  # fmt: skip
    m = _outputs(its.outputs, by_output)
    return Correlation(
        cut.parts * cut.strips * its.groups * cut.blocks,
        its.is_depthwise and cut.items_are_planes,
        sizes,
        _table([row * its.channels * its.taps for row in m]),
        _table(range(its.taps)),
        _table(tap_offsets(down, across, plane_rows * plane_columns, plane_columns)),
        _places(cut, begins, x_image, plane_columns, by_output),
        _table([row * its.rows * its.columns for row in m]),
        _places(cut, begins, y_image, its.columns, by_output),
        _table(m),
        _table(phases),
        _table(its.window.stride),
        _table([-pad for pad in its.window.pad]),
        _table([(0, 0)]),
        _table([1, 1]),
        _table([its.taps]),
        0 if is_direct else cut.images_at_once * planes + SLACK,
        0,
    )


# --- the gradient of the input --------------------------------------------------------------------


class Phase(NamedTuple):
    """Pixels of one remainder: the index of the first, and what reaches them: (tap, shift)."""

    first: int
    taps: list[tuple[int, int]]


class TransposedAxis(NamedTuple):
    """Pixel first + stride * t gets, by a tap, dy[low + t + shift]."""

    phases: list[Phase]
    count: int  # of t, in the longest phase
    low: int  # the first index of dy that any phase reads
    reach: int  # the largest shift

    @classmethod
    def of(cls, window: Window, axis: int, length: int) -> TransposedAxis:
        stride, pad, dilation = window.stride[axis], window.pad[axis], window.dilation[axis]
        found: list[Phase] = []
        counts = []
        for remainder in range(stride):
            begin = -((remainder - pad) // stride)  # padded pixel: (begin + t) * stride + remainder
            counts.append(-((remainder - pad - length) // stride) - begin)
            taps = [
                (k, begin + (remainder - k * dilation) // stride)
                for k in range(window.kernel[axis])
                if (k * dilation - remainder) % stride == 0
            ]
            found.append(Phase(begin * stride + remainder - pad, taps))
        shifts = [shift for phase in found for _, shift in phase.taps] or [0]
        low = min(shifts)
        phases = [
            Phase(first, [(tap, shift - low) for tap, shift in taps]) for first, taps in found
        ]
        return cls(phases, max(counts), low, max(shifts) - low)


@lru_cache(maxsize=1024)
def transposed(dx: Shape, weight: Shape, dy: Shape, window: Window) -> Correlation:
    """How to compute dx (N, C, *size) from dy (N, O, *places)."""
    its = Images.of(dx, weight, dy, window)
    down = TransposedAxis.of(its.window, 0, its.height)
    across = TransposedAxis.of(its.window, 1, its.width)
    is_joined = its.window.stride != (1, 1)
    is_direct = window.is_point and its.columns >= LANES and not its.is_depthwise
    size = its.outputs * (down.count + down.reach) * (across.count + across.reach)
    cut = _Cut.of(
        its.images, its.groups, its.channels, down.count, across.count, size, is_joined=is_joined
    )
    plane_rows = its.rows if is_direct else cut.strip + down.reach
    plane_columns = its.columns if is_direct else across.count + across.reach
    planes = its.outputs * plane_rows * plane_columns
    x_image = its.groups * planes if is_direct else planes
    y_image, y_row = its.groups * its.channels * its.height * its.width, its.width
    y_plane = its.height * its.width
    if is_joined:  # results of one phase, before they are joined
        y_row, y_plane = across.count, cut.strip * across.count
    begins = _vector_begins(across.count)
    by_output = its.channels <= FEW_OUTPUTS
    sizes = Sizes(
        its.images, cut.images_at_once, its.groups, its.outputs, its.channels, cut.strips,
        cut.strip, cut.blocks, cut.block, its.rows, its.columns, plane_rows, plane_columns,
        its.height, its.width, down.count, across.count,
        its.outputs * its.channels * its.taps, its.channels * its.taps, its.channels,
        is_direct, is_joined, by_output, min(LANES, across.count),
    )  # fmt: skip
    m = _outputs(its.channels, by_output)
    weight_taps, x_taps, tap_ends = _taps_by_phase(down, across, its.window, plane_columns)
    phases = [(v.first, h.first) for v, h in product(down.phases, across.phases)]
    results = len(phases) * its.channels * cut.strip * across.count + SLACK
    return Correlation(
        cut.parts * cut.strips * its.groups * cut.blocks,
        its.is_depthwise and cut.items_are_planes,
        sizes,
        _table([row * its.taps for row in m]),
        _table(weight_taps),
        _table(x_taps),
        _places(cut, begins, x_image, plane_columns, by_output),
        _table([row * y_plane for row in m]),
        _places(cut, begins, y_image, y_row, by_output),
        _table(m),
        _table([(0, 0)]),
        _table([1, 1]),
        _table([down.low, across.low]),
        _table(phases),
        _table(its.window.stride),
        _table(tap_ends),
        0 if is_direct else cut.images_at_once * planes + SLACK,
        results if is_joined else 0,
    )


def _taps_by_phase(
    down: TransposedAxis, across: TransposedAxis, window: Window, columns: int
) -> tuple[list[int], list[int], list[int]]:
    """For all phases in turn: taps in the weights, where they look, and where phases end."""
    weight_taps: list[int] = []
    x_taps: list[int] = []
    ends: list[int] = []
    for v, h in product(down.phases, across.phases):
        for (ky, row), (kx, column) in product(v.taps, h.taps):
            weight_taps.append(ky * window.kernel[1] + kx)
            x_taps.append(row * columns + column)
        ends.append(len(x_taps))
    return weight_taps, x_taps, ends


# --- how work is cut ------------------------------------------------------------------------------


class _Cut(NamedTuple):
    """By images, several of them at once where they are small; by strips of rows; by outputs."""

    parts: int
    images_at_once: int
    strips: int
    strip: int  # rows
    blocks: int
    block: int  # outputs

    @classmethod
    def of(
        cls, images: int, groups: int, outputs: int, rows: int, columns: int, planes: int,
        *, is_joined: bool = False,
    ) -> _Cut:  # fmt: skip
        tile = 1 if outputs <= FEW_OUTPUTS else OUTPUTS
        if outputs == 1 and images * groups >= ITEMS:
            return cls(images, 1, 1, rows, 1, 1)
        vectors = rows * math.ceil(columns / LANES)
        at_once = 1 if is_joined else min(images, math.ceil(VECTORS / vectors))
        parts = math.ceil(images / at_once)
        strips = 1
        if at_once == 1:
            wanted = max(math.ceil(ITEMS / (parts * groups)), math.ceil(planes / PLANES))
            strips = max(1, min(wanted, vectors // VECTORS))
        strip = math.ceil(rows / strips)
        strips = math.ceil(rows / strip)
        tiles = math.ceil(outputs / tile)
        wanted = 1 if is_joined else math.ceil(ITEMS / (parts * groups * strips))
        block = math.ceil(tiles / min(tiles, wanted))
        return cls(parts, at_once, strips, strip, math.ceil(tiles / block), block * tile)

    @property
    def items_are_planes(self) -> bool:
        return self.images_at_once == self.strips == self.blocks == 1


def _vector_begins(columns: int) -> list[int]:
    """Where in a row vectors begin; the last may overlap the one before."""
    begins = list(range(0, max(columns - LANES, 0) + 1, LANES))
    return [*begins, columns - LANES] if columns > LANES and columns % LANES else begins


def _places(
    cut: _Cut, begins: list[int], image_step: int, row_step: int, by_output: bool
) -> IntArray:
    """Where the vectors of an item begin."""
    table = [
        i * image_step + r * row_step + q
        for i in range(cut.images_at_once)
        for r in range(cut.strip)
        for q in begins
    ]
    return _table(filled(table, PLANE_PLACES if by_output else PLACES))


def _outputs(count: int, by_output: bool) -> list[int]:
    return filled(list(range(count)), 1 if by_output else OUTPUTS)


def _table(numbers: object) -> IntArray:
    return np.array(numbers, np.int64)


# --- the gradient of the input, by columns --------------------------------------------------------

BORDER = 1.5
"""Where an image has so many times the places of the output, taps see mostly padding."""


class FoldingSizes(NamedTuple):
    """The numbers of a gradient by columns."""

    groups: int
    channels: int  # of a group
    outputs: int  # of a group
    parts: int  # the channels are cut into
    part: int  # channels in each
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
    weight_rows: IntArray
    places: IntArray
    column_rows: IntArray
    columns: int  # values of scratch memory


def pays_to_fold(dx: Shape, weight: Shape, dy: Shape, window: Window) -> bool:
    """Whether columns take less work than a correlation over an image that is mostly padding."""
    its = Images.of(dx, weight, dy, window)
    if its.rows * its.columns < LANES or window.is_point or its.is_depthwise:
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
        its.groups, its.channels, its.outputs, parts, part, its.rows, its.columns,
        its.height, its.width, *window.kernel, *window.stride, *window.pad, *window.dilation,
    )  # fmt: skip
    rows = filled(list(range(part * its.taps)), OUTPUTS)
    return Folding(
        its.images * its.groups * parts,
        sizes,
        _table(rows),
        _table(filled(_vector_begins(places), PLACES)),
        _table([row * places for row in rows]),
        part * its.taps * places + SLACK,
    )

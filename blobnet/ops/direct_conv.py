"""What the compiled convolution needs to know, worked out once for each shape.

A Correlation describes y[m] = sum over channels and taps of weight * x: the layout of x with its
padding, where each tap looks, and how the work is cut into items. `convolution` describes the
forward pass, `transposed` the gradient of the input, which is also a deconvolution's forward
pass: there, outputs that leave the same remainder when divided by the stride are one phase, and
each phase is a correlation of its own with some of the taps.

Items are cut by shapes alone, never by the number of threads.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from blobnet.ops.jit import compiled
from blobnet.ops.parallel import for_ranges
from blobnet.ops.window import Window
from blobnet.ops.workspace import scratch
from blobnet.types import Array, IntArray, Shape

LANES = 8
SLACK = 2 * LANES
"""Values of scratch memory behind the planes, where a vector may begin or end."""

ITEMS = 16
"""As many items as there should be, so that several threads find work."""

VECTORS = 24
"""As many vectors of places as an item should have, so that its weights are read for a purpose."""

PLANES = 2**17
"""Values in the planes of an item, so that they stay in a processor's cache."""

BIAS_GROUP = 19
"""Where in `sizes` the step from one group's biases to the next stands."""

FEW_OUTPUTS = 2
"""Groups with no more outputs go through the tile of one output."""


class Correlation(NamedTuple):
    """Tables for `compiled.convolution.run`, in the order of its arguments."""

    items: int
    one: bool
    by_plane: bool
    sizes: IntArray
    weight_rows: IntArray
    weight_taps: IntArray
    x_taps: IntArray
    places: IntArray
    y_rows: IntArray
    y_places: IntArray
    bias_rows: IntArray
    split_phases: IntArray
    split_stride: IntArray
    split_first: IntArray
    join_phases: IntArray
    join_stride: IntArray
    tap_ends: IntArray
    without_bias: IntArray  # sizes
    planes: int  # values of scratch memory for x
    results: int  # values of scratch memory for y


def is_possible(window: Window) -> bool:
    """Whether the compiled convolution can do it: at most two axes, and numba at hand."""
    return len(window.kernel) <= 2 and compiled("convolution") is not None


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float = 1.0
) -> None:
    """y = the weighted sum of what the window sees at each place, plus `bias`, then leaky."""
    if y.size:
        plan = convolution(x.shape, weight.shape, y.shape, window)
        _run(plan, x, weight, bias, slope, y)


def input_gradient(
    dy: Array, weight: Array, window: Window, dx: Array, bias: Array | None = None
) -> None:
    """dx = every value of `dy` spread back over what it was computed from."""
    if not dx.size:
        return
    if bias is None and _pays_to_fold(dx.shape, dy.shape, window):
        _fold(dy, weight, window, dx)
        return
    plan = transposed(dx.shape, weight.shape, dy.shape, window)
    _run(plan, dy, weight, bias, 1.0, dx)


def _run(
    plan: Correlation, x: Array, weight: Array, bias: Array | None, slope: float, y: Array
) -> None:
    kernels: Any = compiled("convolution")
    flat_x, flat_weight, flat_y = x.reshape(-1), weight.reshape(-1), y.reshape(-1)
    sizes, bias_rows = plan.sizes, plan.bias_rows
    if bias is None:
        bias, bias_rows, sizes = np.zeros(1, y.dtype), np.zeros_like(bias_rows), plan.without_bias
    slope = y.dtype.type(slope)

    def work_by_plane(begin: int, end: int) -> None:
        kernels.run_planes(
            begin, end, sizes, flat_x, flat_weight, bias, slope, flat_y, plan.weight_taps,
            plan.x_taps, plan.places, plan.y_places, plan.split_phases, plan.split_stride,
            plan.split_first, plan.join_phases, plan.join_stride, plan.tap_ends,
            scratch("planes", (plan.planes,), y.dtype), scratch("results", (plan.results,), y.dtype),
        )  # fmt: skip

    def work(begin: int, end: int) -> None:
        planes = scratch("planes", (plan.planes,), y.dtype)
        results = scratch("results", (plan.results,), y.dtype)
        kernels.run(
            begin, end, sizes, plan.one, flat_x, flat_weight, bias, slope, flat_y,
            plan.weight_rows, plan.weight_taps, plan.x_taps, plan.places, plan.y_rows,
            plan.y_places, bias_rows, plan.split_phases, plan.split_stride,
            plan.split_first, plan.join_phases, plan.join_stride, plan.tap_ends, planes, results,
        )  # fmt: skip

    for_ranges(work_by_plane if plan.by_plane else work, plan.items)


# --- the forward pass -----------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def convolution(x: Shape, weight: Shape, y: Shape, window: Window) -> Correlation:
    """How to compute y (N, O, *places) from x (N, C, *size)."""
    window, height, width, rows, columns = _two_axes(window, x, y)
    groups = x[1] // weight[1]
    channels, outputs, taps = weight[1], weight[0] // groups, math.prod(weight[2:])
    axes = [_ForwardAxis.of(window, axis) for axis in range(2)]
    is_direct = window.stride == (1, 1) and window.pad == (0, 0)
    if window.is_point:  # rows need not be told apart
        height, width, rows, columns = 1, height * width, 1, rows * columns
    is_direct = is_direct and columns >= LANES and not _is_depthwise(weight, groups)
    cut = _Cut.of(
        x[0], groups, outputs, rows, columns,
        channels * (rows + axes[0].reach) * (columns + axes[1].reach),
        len(axes[0].phases) * len(axes[1].phases), single=_is_depthwise(weight, groups),
    )  # fmt: skip
    plane_rows = height if is_direct else cut.strip + axes[0].reach
    plane_columns = width if is_direct else columns + axes[1].reach
    plane = plane_rows * plane_columns
    phases = list(product(axes[0].phases, axes[1].phases))
    x_taps = [
        phases.index((down.phase, across.phase)) * plane
        + down.shift * plane_columns
        + across.shift
        for down in axes[0].taps
        for across in axes[1].taps
    ]
    source = channels * len(phases) * plane
    image_step = groups * channels * height * width if is_direct else source
    one = outputs <= FEW_OUTPUTS
    places, y_places = _places(
        cut, columns, (image_step, plane_columns), (weight[0] * rows * columns, columns), one
    )
    m = _rows(outputs, one)
    return _correlation(
        cut, one, channels=channels, outputs=outputs, x_size=(height, width),
        plane=(plane_rows, plane_columns), y_size=(rows, columns), out_size=(rows, columns),
        weight_group=outputs * channels * taps, weight_step=taps, weight_row=channels * taps,
        is_direct=is_direct, m=m, weight_taps=list(range(taps)), x_taps=x_taps,
        tap_ends=[taps], places=places, y_places=y_places, y_row=rows * columns,
        split=(phases, window.stride, tuple(-p for p in window.pad)), join=None,
        planes=0 if is_direct else cut.at_once * source + SLACK,
        results=0, groups=groups,
    )  # fmt: skip


class _ForwardTap(NamedTuple):
    phase: int
    shift: int


class _ForwardAxis(NamedTuple):
    """Where the taps along one axis look: in which phase, how far on in its plane."""

    phases: list[int]
    taps: list[_ForwardTap]
    reach: int

    @classmethod
    def of(cls, window: Window, axis: int) -> _ForwardAxis:
        stride, dilation = window.stride[axis], window.dilation[axis]
        taps = []
        for k in range(window.kernel[axis]):
            shift, phase = divmod(k * dilation, stride)
            taps.append(_ForwardTap(phase, shift))
        return cls(sorted({tap.phase for tap in taps}), taps, max(tap.shift for tap in taps))


# --- the gradient of the input --------------------------------------------------------------------


@lru_cache(maxsize=1024)
def transposed(dx: Shape, weight: Shape, dy: Shape, window: Window) -> Correlation:
    """How to compute dx (N, C, *size) from dy (N, O, *places)."""
    window, height, width, rows, columns = _two_axes(window, dx, dy)
    groups = dx[1] // weight[1]
    inner, outer, taps = weight[1], weight[0] // groups, math.prod(weight[2:])
    if window.is_point:
        height, width, rows, columns = 1, height * width, 1, rows * columns
    size = (height, width)
    axes = [_BackwardAxis.of(window, axis, size[axis]) for axis in range(2)]
    is_joined = window.stride != (1, 1)
    out_rows, out_columns = axes[0].count, axes[1].count
    is_direct = window.is_point and columns >= LANES and not _is_depthwise(weight, groups)
    cut = _Cut.of(
        dx[0], groups, inner, out_rows, out_columns,
        outer * (out_rows + axes[0].reach) * (out_columns + axes[1].reach), 1, whole=is_joined,
        single=_is_depthwise(weight, groups),
    )  # fmt: skip
    plane_rows = rows if is_direct else cut.strip + axes[0].reach
    plane_columns = columns if is_direct else out_columns + axes[1].reach
    weight_taps, x_taps, tap_ends = [], [], []
    for down, across in product(axes[0].phases, axes[1].phases):
        for (ky, row), (kx, column) in product(down.taps, across.taps):
            weight_taps.append(ky * window.kernel[1] + kx)
            x_taps.append(row * plane_columns + column)
        tap_ends.append(len(x_taps))
    source = outer * plane_rows * plane_columns
    image_step = groups * source
    one = inner <= FEW_OUTPUTS
    if is_joined:
        y_places_steps, y_row = (0, out_columns), cut.strip * out_columns
    else:
        y_places_steps, y_row = (dx[1] * height * width, width), height * width
    places, y_places = _places(
        cut, out_columns, (image_step if is_direct else source, plane_columns), y_places_steps, one
    )
    m = _rows(inner, one)
    joined = [
        (down.first, across.first) for down, across in product(axes[0].phases, axes[1].phases)
    ]
    return _correlation(
        cut, one, channels=outer, outputs=inner, x_size=(rows, columns),
        plane=(plane_rows, plane_columns), y_size=size, out_size=(out_rows, out_columns),
        weight_group=outer * inner * taps, weight_step=inner * taps, weight_row=taps,
        is_direct=is_direct, m=m, weight_taps=weight_taps, x_taps=x_taps, tap_ends=tap_ends,
        places=places, y_places=y_places, y_row=y_row,
        split=([(0, 0)], (1, 1), (axes[0].low, axes[1].low)),
        join=(joined, window.stride) if is_joined else None,
        planes=0 if is_direct else cut.at_once * source + SLACK,
        results=len(joined) * inner * cut.strip * out_columns + LANES if is_joined else 0,
        groups=groups,
    )  # fmt: skip


class _Phase(NamedTuple):
    """The pixels of one remainder: the first one's index, and (tap, shift) of what reaches them."""

    first: int
    taps: list[tuple[int, int]]


class _BackwardAxis(NamedTuple):
    """Pixels first + stride * t get, by tap, dy[low + t + shift]."""

    phases: list[_Phase]
    count: int  # of t, in the longest phase
    low: int  # the first index of dy that any phase reads
    reach: int  # the largest shift

    @classmethod
    def of(cls, window: Window, axis: int, length: int) -> _BackwardAxis:
        kernel, stride, pad = window.kernel[axis], window.stride[axis], window.pad[axis]
        dilation = window.dilation[axis]
        found = []
        for remainder in range(stride):
            begin = -((remainder - pad) // stride)  # padded pixel: stride * (begin + t) + remainder
            count = -((remainder - pad - length) // stride) - begin
            taps = [
                (k, begin + (remainder - k * dilation) // stride)
                for k in range(kernel)
                if (k * dilation - remainder) % stride == 0
            ]
            found.append((begin * stride + remainder - pad, count, taps))
        shifts = [shift for _, _, taps in found for _, shift in taps] or [0]
        low = min(shifts)
        phases = [
            _Phase(first, [(k, shift - low) for k, shift in taps]) for first, _, taps in found
        ]
        return cls(phases, max(count for _, count, _ in found), low, max(shifts) - low)


# --- the gradient of the input, by columns --------------------------------------------------------

BORDER = 1.5
"""Where the image has so many more places than the output, most of what taps see is padding."""


class Folding(NamedTuple):
    """Tables for `compiled.convolution.run_folded`."""

    items: int
    sizes: IntArray
    weight_rows: IntArray
    places: IntArray
    y_rows: IntArray
    window: IntArray
    columns: int  # values of scratch memory


def _pays_to_fold(dx: Shape, dy: Shape, window: Window) -> bool:
    window, height, width, rows, columns = _two_axes(window, dx, dy)
    if rows * columns < LANES or window.is_point:
        return False
    lanes = math.ceil(math.ceil(width / window.stride[1]) / LANES) * LANES
    return math.ceil(height / window.stride[0]) * lanes > BORDER * rows * columns


def _fold(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    kernels: Any = compiled("convolution")
    plan = _folding(dx.shape, weight.shape, dy.shape, window)
    flat_dy, flat_weight, flat_dx = dy.reshape(-1), weight.reshape(-1), dx.reshape(-1)

    def work(begin: int, end: int) -> None:
        kernels.run_folded(
            begin, end, plan.sizes, flat_dy, flat_weight, flat_dx, plan.weight_rows, plan.places,
            plan.y_rows, plan.window, scratch("columns", (plan.columns,), dx.dtype),
        )  # fmt: skip

    for_ranges(work, plan.items)


@lru_cache(maxsize=1024)
def _folding(dx: Shape, weight: Shape, dy: Shape, window: Window) -> Folding:
    kernels: Any = compiled("convolution")
    window, height, width, rows, columns = _two_axes(window, dx, dy)
    groups, taps, count = dx[1] // weight[1], math.prod(weight[2:]), rows * columns
    channels, outputs = weight[1], weight[0] // groups
    fitting = max(1, PLANES // (taps * count))
    wanted = max(math.ceil(ITEMS / (dx[0] * groups)), math.ceil(channels / fitting))
    part = math.ceil(channels / min(channels, wanted))
    begins = [*range(0, count - LANES + 1, LANES), *([count - LANES] if count % LANES else [])]
    begins += begins[-1:] * (-len(begins) % kernels.COLUMNS)
    k = _rows(part * taps, False)
    sizes = [
        groups, channels, outputs, math.ceil(channels / part), part, rows, columns, height, width,
    ]  # fmt: skip
    edges = [*window.kernel, *window.stride, *window.pad, *window.dilation]
    return Folding(
        dx[0] * groups * math.ceil(channels / part),
        *map(_table, (sizes, k, begins, [row * count for row in k], edges)),
        part * taps * count + SLACK,
    )


# --- what both share ------------------------------------------------------------------------------


class _Cut(NamedTuple):
    """How the work is cut: by images, by strips of rows, by blocks of outputs."""

    images: int
    at_once: int
    strips: int
    strip: int  # rows
    blocks: int
    block: int  # outputs

    @classmethod
    def of(
        cls, images: int, groups: int, outputs: int, rows: int, columns: int,
        planes: int, phases: int, *, whole: bool = False, single: bool = False,
    ) -> _Cut:  # fmt: skip
        if single and images * groups >= ITEMS:
            return cls(images, 1, 1, rows, 1, outputs)
        across = math.ceil(columns / LANES)
        at_once = 1
        if not whole and rows * across < VECTORS:
            at_once = min(images, math.ceil(VECTORS / (rows * across)))
        parts = math.ceil(images / at_once)
        strips = 1
        if at_once == 1:
            wanted = max(math.ceil(ITEMS / (parts * groups)), math.ceil(planes * phases / PLANES))
            strips = max(1, min(wanted, rows * across // VECTORS))
        strip = math.ceil(rows / strips)
        strips = math.ceil(rows / strip)
        tile = 1 if outputs <= FEW_OUTPUTS else _tile_rows()
        tiles = math.ceil(outputs / tile)
        wanted = 1 if whole else max(1, min(tiles, math.ceil(ITEMS / (parts * groups * strips))))
        block = math.ceil(tiles / wanted) * tile
        return cls(images, at_once, strips, strip, math.ceil(tiles * tile / block), block)

    @property
    def items_are_planes(self) -> bool:
        return self.at_once == self.strips == self.blocks == 1

    @property
    def parts(self) -> int:
        return math.ceil(self.images / self.at_once)


def _is_depthwise(weight: Shape, groups: int) -> bool:
    """Whether every group has one channel and one output."""
    return weight[0] == groups and weight[1] == 1


def _tile_rows() -> int:
    kernels: Any = compiled("convolution")
    rows: int = kernels.ROWS
    return rows


def _two_axes(window: Window, x: Shape, y: Shape) -> tuple[Window, int, int, int, int]:
    """The window and sizes as those of two axes: missing ones are of length 1."""
    missing = 2 - len(window.kernel)
    ones, zeros = (1,) * missing, (0,) * missing
    full = Window(
        ones + window.kernel, ones + window.stride, zeros + window.pad, ones + window.dilation
    )
    height, width = ones + x[2:]
    rows, columns = ones + y[2:]
    return full, height, width, rows, columns


def _places(
    cut: _Cut, columns: int, x_steps: tuple[int, int], y_steps: tuple[int, int], one: bool
) -> tuple[list[int], list[int]]:
    """Where vectors of places begin, in the planes and in y; the last in a row may overlap.

    steps  from one image to the next, from one row to the next
    """
    begins = list(range(0, max(columns - LANES, 0) + 1, LANES))
    if columns > LANES and columns % LANES:
        begins.append(columns - LANES)
    tables: list[list[int]] = []
    kernels: Any = compiled("convolution")
    tile = kernels.WIDE_COLUMNS if one else kernels.COLUMNS
    for image_step, row_step in (x_steps, y_steps):
        table = [
            i * image_step + r * row_step + q
            for i in range(cut.at_once)
            for r in range(cut.strip)
            for q in begins
        ]
        table += table[-1:] * (-len(table) % tile)
        tables.append(table)
    return tables[0], tables[1]


def _rows(outputs: int, one: bool) -> list[int]:
    """The outputs in whole tiles: the last is named again where a tile is not full."""
    missing = 0 if one else -outputs % _tile_rows()
    return [*range(outputs), *[outputs - 1] * missing]


def _correlation(
    cut: _Cut, one: bool, *, groups: int, channels: int, outputs: int, x_size: tuple[int, int],
    plane: tuple[int, int], y_size: tuple[int, int], out_size: tuple[int, int],
    weight_group: int, weight_step: int, weight_row: int, is_direct: bool, m: list[int],
    weight_taps: list[int], x_taps: list[int], tap_ends: list[int], places: list[int],
    y_places: list[int], y_row: int, split: tuple[Any, Any, Any], join: tuple[Any, Any] | None,
    planes: int, results: int,
) -> Correlation:  # fmt: skip
    by_plane = channels == outputs == 1 and not is_direct and cut.items_are_planes
    sizes = [
        cut.images, cut.at_once, groups, channels, outputs, cut.strips, cut.strip, cut.blocks,
        cut.block, *x_size, *plane, *y_size, *out_size, weight_group, weight_step,
        outputs, is_direct, join is not None, min(LANES, out_size[1]),
    ]  # fmt: skip
    without_bias = [*sizes]
    without_bias[BIAS_GROUP] = 0
    joined, stride = join if join else ([(0, 0)], (1, 1))
    return Correlation(
        cut.parts * cut.strips * groups * cut.blocks,
        one,
        by_plane,
        *map(
            _table,
            (
                sizes, [row * weight_row for row in m], weight_taps, x_taps, places,
                [row * y_row for row in m], y_places,
                m, *split, joined, stride, tap_ends, without_bias,
            ),
        ),
        planes,
        results,
    )  # fmt: skip


def _table(numbers: Any) -> IntArray:
    return np.array(numbers, np.int64)


# --- the gradient of the weights ------------------------------------------------------------------

FEW_WEIGHTS = 2**15
"""With no more weights than this, lanes of images have sums of their own, added up at the end."""

IMAGE_LANES = 4


class WeightGradient(NamedTuple):
    """Tables for `compiled.convolution.gradient`."""

    items: int
    outputs: int
    by_plane: bool
    sizes: IntArray
    taps: IntArray
    split_phases: IntArray
    split_stride: IntArray
    split_first: IntArray
    padded: int
    planes: int  # values of scratch memory
    turned: int
    sums: int


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    """dweight += for each weight, the sum over all places of what it saw times `dy`."""
    if not dweight.size or not dy.size:
        return
    kernels: Any = compiled("convolution")
    plan = _weight_gradient(x.shape, dweight.shape, dy.shape, window)
    flat_x, flat_dy, flat_dweight = x.reshape(-1), dy.reshape(-1), dweight.reshape(-1)

    def work_by_plane(begin: int, end: int) -> None:
        kernels.gradient_of_planes(
            begin, end, plan.sizes, flat_x, flat_dy, plan.taps, plan.split_phases,
            plan.split_stride, plan.split_first, scratch("planes", (plan.planes,), x.dtype),
            scratch("turned", (plan.turned,), x.dtype), scratch("plane sums", (plan.sums,), x.dtype),
            flat_dweight,
        )  # fmt: skip

    if plan.by_plane:
        for_ranges(work_by_plane, plan.items)
        return
    sums = scratch("weight sums", (plan.sums,), x.dtype)

    def work(begin: int, end: int) -> None:
        kernels.gradient(
            begin, end, plan.sizes, flat_x, flat_dy, plan.taps, plan.split_phases,
            plan.split_stride, plan.split_first, scratch("planes", (plan.planes,), x.dtype),
            scratch("turned", (plan.turned,), x.dtype), sums,
        )  # fmt: skip

    def add_up(begin: int, end: int) -> None:
        kernels.add_sums(begin, end, plan.sizes, plan.padded, sums, flat_dweight)

    for_ranges(work, plan.items)
    for_ranges(add_up, plan.outputs)


@lru_cache(maxsize=1024)
def _weight_gradient(x: Shape, weight: Shape, dy: Shape, window: Window) -> WeightGradient:
    kernels: Any = compiled("convolution")
    window, height, width, rows, columns = _two_axes(window, x, dy)
    groups = x[1] // weight[1]
    channels, outputs, taps = weight[1], weight[0] // groups, math.prod(weight[2:])
    axes = [_ForwardAxis.of(window, axis) for axis in range(2)]
    by_plane = _is_depthwise(weight, groups)
    is_direct = window.stride == (1, 1) and window.pad == (0, 0) and not by_plane
    plane_rows = height if is_direct else rows + axes[0].reach
    plane_columns = width if is_direct else columns + axes[1].reach
    if by_plane:  # whole vectors of places, the last ones of padding
        plane_columns = math.ceil(columns / LANES) * LANES + axes[1].reach
    plane = plane_rows * plane_columns
    phases = list(product(axes[0].phases, axes[1].phases))
    lanes = min(x[0], IMAGE_LANES) if math.prod(weight) <= FEW_WEIGHTS else 1
    wanted = math.ceil(ITEMS / (lanes * groups))
    part = math.ceil(channels / min(channels, wanted)) if lanes == 1 else channels
    parts = math.ceil(channels / part)
    offsets = [
        c * len(phases) * plane
        + phases.index((down.phase, across.phase)) * plane
        + down.shift * plane_columns
        + across.shift
        for c in range(part)
        for down in axes[0].taps
        for across in axes[1].taps
    ]
    tile = kernels.PLANE_ROWS if by_plane else kernels.GRADIENT_ROWS
    padded = math.ceil(len(offsets) / tile) * tile
    offsets += offsets[-1:] * (padded - len(offsets))
    step = math.ceil(outputs / LANES) * LANES
    items = groups if by_plane else lanes * groups * parts
    turned = rows * columns * step
    if by_plane:
        turned, step = rows * math.ceil(columns / LANES) * LANES, LANES
    sizes = [
        x[0], lanes, groups, channels, parts, part, outputs, height, width, plane_rows,
        plane_columns, rows, columns, is_direct, taps,
    ]  # fmt: skip
    return WeightGradient(
        items,
        weight[0],
        by_plane,
        *map(_table, (sizes, offsets, phases, window.stride, [-p for p in window.pad])),
        padded,
        0 if is_direct else part * len(phases) * plane + SLACK,
        turned + SLACK,
        padded * step if by_plane else items * padded * step,
    )

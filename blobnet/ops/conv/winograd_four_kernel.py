"""Winograd's convolution with larger tiles: four by four outputs from six by six pixels.

    y = A (U * V) A',  U = G weight G',  V = B' x B,  summed over channels

A direct sum over 3x3 taps takes 144 products for such a tile; this takes 36. Errors are some five
times those of direct sums: three times those of `winograd_kernel.py`.

Source: A. Lavin, S. Gray: Fast Algorithms for Convolutional Neural Networks, 2015, F(4x4, 3x3),
at the points 0, +-r, +-1/r and infinity with r = sqrt(2), where errors are smallest.
"""

from __future__ import annotations

from collections.abc import Sequence

from blobnet.ops.conv.winograd_four_plan import FREQUENCIES, SEEN, SIDE, Four, FourWeights, Sizes
from blobnet.ops.conv.winograd_kernel import multiply
from blobnet.ops.conv.winograd_weights_kernel import taps_apart
from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import either
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import inlined, kernel
from blobnet.ops.simd.lanes import every, first_lanes, picked
from blobnet.ops.simd.register_tile import NR
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import leaky, load, load_row, store, store_interleaved
from blobnet.ops.simd.windows import row_of_image
from blobnet.types import Array

R = 2**0.5


@kernel
def transform_weights(
    begin: int, end: int, plan: FourWeights, weight: Array, frequencies: Array, row_taps: Array
) -> None:
    """frequencies[f, row, channel] = G weight G', for some rows of all groups."""
    width = len(row_taps) // 9
    for row in range(begin, end):
        taps_apart(weight, row * plan.channels * 9, 9, plan.channels, 9, row_taps, width)
        at = row * plan.channels
        for c in range(0, plan.channels, LANES):
            _transform_taps(
                row_taps, c, width, frequencies, at + c, plan.a_step, at + plan.channels
            )


@traced
def _transform_taps(
    row_taps: Flat, c: Value, width: Value, frequencies: Flat, to: Value, step: Value, end: Value
) -> None:
    """frequencies[f * step + to] = G taps G', of LANES channels from c on."""
    taps = [row_taps.load(c + width * k) for k in range(9)]
    columns = zip(*(_weighted(*taps[i : i + 3]) for i in range(0, 9, 3)), strict=True)
    rows = zip(*(_weighted(*column) for column in columns), strict=True)
    for f, v in enumerate(v for row in rows for v in row):
        store(v, frequencies.at(step * f), to, end)


def _weighted(a: Value, b: Value, c: Value) -> Sequence[Value]:
    """G times a column of three."""
    near, far = (a + c * 0.5) * (-2 / 3), (a + c * 2) * (1 / 6)
    by_near, by_far = b * (-1 / 1.5 / R), b * (R / 6)
    return a, near + by_near, near - by_near, far + by_far, far - by_far, c


@kernel
def transform_images(
    begin: int, end: int, plan: Four, x: Array, lines: Array, columns: Array
) -> None:
    """The columns of all images: of each, of a strip and of a group, some channels are an item."""
    s = plan.sizes
    for item in range(begin, end):
        rest, chunk = divmod(item, s.chunks)
        first = chunk * s.chunk
        last = min(first + s.chunk, s.channels)
        _transform_images(s, x, rest, first, last, lines, columns, rest * plan.columns)


@kernel
def by_item(
    begin: int, end: int, plan: Four, x: Array, frequencies: Array, bias: Array, slope: float,
    y: Array, lines: Array, columns: Array, products: Array,
) -> None:  # fmt: skip
    """Work on items `begin` to `end`: each some images, a strip, a group, a block of outputs."""
    s = plan.sizes
    step = s.padded_tiles
    frequency = s.block * step
    laid_out = -1
    for item in range(begin, end):
        rest, block = divmod(item, s.blocks)
        n, row, g = _place(s, rest)
        columns_at = rest * plan.columns  # of all
        if s.chunks == 0:
            columns_at = 0  # of this one
            if laid_out != rest:  # the blocks of outputs see the same
                _transform_images(s, x, rest, 0, s.channels, lines, columns, 0)
                laid_out = rest
        low, high = block * s.block, min((block + 1) * s.block, s.outputs)
        for f in range(FREQUENCIES):
            multiply(
                frequencies, f * s.a_step + (g * s.outputs + low) * s.channels, plan.terms,
                s.channels, columns, columns_at + f * s.b_step, s.panel, products, f * frequency,
                high - low, step,
            )  # fmt: skip
        for m in range(low, high):
            shift = bias[g * s.bias_group + plan.biases[m]]
            for v in range(0, step, LANES):
                _store_tiles(
                    products, (m - low) * step + v, frequency, shift, slope, lines, v, step
                )
            for i in range(s.images_at_once):
                _write_rows(s, lines, i, row, y, ((n + i) * s.groups + g) * s.outputs + m)


@inlined
def _place(s: Sizes, rest: int) -> tuple[int, int, int]:
    """The first image, the first row of tiles, and the group of items that see the same."""
    images_and_strip, g = divmod(rest, s.groups)
    part, strip = divmod(images_and_strip, s.strips)
    n = min(part * s.images_at_once, s.images - s.images_at_once)
    return n, min(strip * s.strip, s.tile_rows - s.strip), g


@inlined
def _transform_images(
    s: Sizes, x: Array, rest: int, first_channel: int, end: int, lines: Array, columns: Array,
    columns_at: int,
) -> None:  # fmt: skip
    """columns[f] = B' x B at all tiles, in micropanels; tiles in order of rows, then of images."""
    tile_row, step = s.images_at_once * s.tile_columns, len(lines) // FREQUENCIES
    n, row, g = _place(s, rest)
    for c in range(first_channel, end):
        for i in range(s.images_at_once):
            plane = (((n + i) * s.groups + g) * s.channels + c) * s.x_height * s.x_width
            for q in range(0, s.tile_columns, LANES):
                column, to = SIDE * q - s.pad_columns, i * s.tile_columns + q
                first = SIDE * row - s.pad_rows
                upper = _across(x, plane, first, 2, s.x_height, column, s.x_width)
                for r in range(s.strip):
                    lower = _across(
                        x, plane, first + SIDE * r + 2, 4, s.x_height, column, s.x_width
                    )
                    upper = _store_down(
                        upper, lower, lines, to + r * tile_row, step, s.tile_columns - q
                    )
        for f in range(FREQUENCIES):
            at, to = f * step, columns_at + f * s.b_step + c * NR * LANES
            for v in range(at, at + s.strip * tile_row, NR * LANES):
                for q in range(0, NR * LANES, LANES):
                    store(load(lines, v + q), columns, to + q)
                to += s.panel


@traced
def _across(
    x: Flat, plane: Value, row: Value, rows: int, height: Value, column: Value, width: Value
) -> list[Value]:
    """Some rows of six pixels B, of LANES tiles, which lie four columns apart."""
    found: list[Value] = []
    for down in range(rows):
        line, end = row_of_image(x, plane, row + down, height, width)
        *four, behind = load_row(line, column, end, count=SIDE + 1)
        pixels = [every(SIDE, k, four) for k in range(SIDE)]
        for k in range(2):  # of the tile after the next
            pixels.append(picked([pixels[k], behind], [*range(1, LANES), LANES + k]))
        found += _differences(*pixels)
    return found


@traced
def _store_down(
    upper: Sequence[Value], lower: Sequence[Value], y: Flat, at: Value, step: Value, count: Value
) -> list[Value]:
    """y[at + f * step : ] = B' times six rows, in the first `count` lanes; returns the last two."""
    columns = [_differences(*upper[i::SEEN], *lower[i::SEEN]) for i in range(SEEN)]
    mask = first_lanes(count)

    def store_all(mask: Value | None) -> None:
        for f, v in enumerate(v for row in zip(*columns, strict=True) for v in row):
            y.store(v, at + step * f, mask)

    either(count >= LANES, lambda: store_all(None), lambda: store_all(mask))
    return list(lower[2 * SEEN :])


def _differences(a: Value, b: Value, c: Value, d: Value, e: Value, f: Value) -> Sequence[Value]:
    """B' times a column of six."""
    near, by_near = e - c * 2, (d - b * 2) * (1 / R)
    far, by_far = e - c * 0.5, (d - b * 0.5) * R
    first, last = a + e - c * 2.5, b + f - d * 2.5
    return first, near + by_near, near - by_near, far + by_far, far - by_far, last


@traced
def _store_tiles(
    products: Flat, at: Value, step: Value, shift: Value, slope: Value, line: Flat, to: Value,
    tiles: Value,
) -> None:  # fmt: skip
    """Four rows of LANES tiles: line[row, tile, column] = leaky(A products A' + shift)."""
    rows = []
    for f in range(0, FREQUENCIES, SEEN):
        rows.append(_sums(*(products.load(at + step * (f + k)) for k in range(SEEN))))
    columns = [_sums(*column) for column in zip(*rows, strict=True)]
    for r, row in enumerate(zip(*columns, strict=True)):
        begin = (tiles * r + to) * SIDE
        pixels = [leaky(v + shift, slope) for v in row]
        store_interleaved(pixels, line, begin, begin + SIDE * LANES)


def _sums(a: Value, b: Value, c: Value, d: Value, e: Value, f: Value) -> Sequence[Value]:
    """A' times a column of six."""
    near, by_near = b + c, (b - c) * (1 / R)
    far, by_far = d + e, (d - e) * R
    return a + near + far, by_near + by_far, near * 0.5 + far * 2, by_near * 0.5 + by_far * 2 + f


@inlined
def _write_rows(s: Sizes, line: Array, i: int, row: int, y: Array, plane: int) -> None:
    """The rows of image `i` from the line to a plane of y."""
    for r in range(SIDE * row, min(SIDE * (row + s.strip), s.y_height)):
        tile = ((r // SIDE - row) * s.images_at_once + i) * s.tile_columns
        at = (r % SIDE * s.padded_tiles + tile) * SIDE
        to = (plane * s.y_height + r) * s.y_width
        for q in range(0, s.y_width, LANES):
            store(load(line, at + q), y, to + q, to + s.y_width)
